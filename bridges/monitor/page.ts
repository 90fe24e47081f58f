/** The page of a monitor: its frame, filled by page-script.ts. */
export const PAGE_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Decklight</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
</head>
<body>
<header>
  <h1 id="profile">Decklight</h1>
  <p id="link" role="status">connecting</p>
</header>
<main>
  <ul id="warnings" aria-label="Warnings" aria-live="assertive"></ul>
  <section aria-label="Timecode" id="timecodes"></section>
  <section aria-label="Decks" id="decks"></section>
  <section aria-label="Hands" id="hands">
    <button type="button" id="mute" aria-pressed="false">Mute</button>
    <button type="button" id="panic">Hold for panic</button>
    <button type="button" id="resend">Send levels again</button>
  </section>
  <section aria-label="Cue lists" id="lists"></section>
  <section aria-labelledby="next-title"><h2 id="next-title">Next</h2><ol id="next"></ol></section>
  <section aria-labelledby="last-title"><h2 id="last-title">Last</h2><ol id="last"></ol></section>
  <section aria-labelledby="bridges-title"><h2 id="bridges-title">Bridges</h2><ul id="bridges"></ul></section>
</main>
<script src="/page.js"></script>
</body>
</html>
`;
