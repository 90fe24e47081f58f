/** The overlay for OBS and other programs that draw a page over a picture: track and phrase of the deck on air. */
export const OVERLAY_HTML = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Decklight overlay</title></head>
<body class="decklight">
<p class="title"></p>
<p class="artist"></p>
<p class="phrase"></p>
<script src="/overlay.js"></script>
</body>
</html>
`;

export const OVERLAY_SCRIPT = `
'use strict';
const events = new EventSource('/events' + location.search);
const set = (name, text) => {
  document.querySelector('.' + name).textContent = text;
};
events.addEventListener('state', ({ data }) => {
  const state = JSON.parse(data);
  const decks = state?.decks ?? [];
  const deck = decks.find(({ onAir, playing }) => onAir && playing) ?? decks.find(({ master }) => master);
  set('title', deck?.title ?? '');
  set('artist', deck?.artist ?? '');
  set('phrase', deck?.phrase ?? '');
});
`;
