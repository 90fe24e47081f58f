/** Overlay for OBS: track, artwork and phrase of the deck on air. */
const query = location.search;
let tracks = [];
let shown = null;

const one = name => document.querySelector(`.${name}`);

function draw(state) {
  const decks = state?.decks ?? [];
  const deck = decks.find(({ onAir, playing }) => onAir && playing) ?? decks.find(({ master }) => master);
  one('title').textContent = deck?.title ?? '';
  one('artist').textContent = deck?.artist ?? '';
  one('phrase').textContent = deck?.phrase ?? '';
  const track = tracks.find(each => each.unit === deck?.unit && each.deck === deck?.deck);
  const artwork = track?.hasArtwork
    ? `/artwork/${deck.unit}/${deck.deck}${query}${query ? '&' : '?'}track=${track.trackId}`
    : null;
  if (artwork === shown) return;
  shown = artwork;
  one('artwork').hidden = artwork === null;
  if (artwork === null) one('artwork').removeAttribute('src');
  else one('artwork').src = artwork;
}

function connect() {
  const events = new EventSource(`/events${query}`);
  events.addEventListener('tracks', ({ data }) => {
    tracks = JSON.parse(data);
  });
  events.addEventListener('state', ({ data }) => draw(JSON.parse(data)));
  events.onerror = () => {
    if (events.readyState !== EventSource.CLOSED) return;
    events.close();
    setTimeout(connect, 2000);
  };
}
connect();
