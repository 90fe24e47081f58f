/** Style of the page: light on dark, large enough for three metres, in one column on a phone. */
export const PAGE_STYLE = `
:root { color-scheme: dark; --ground: #000; --card: #15171a; --text: #f2f2f2; --soft: #b4bac2; --go: #4be08a; --warn: #ffc04d; --bad: #ff8080; }
* { box-sizing: border-box; }
body { margin: 0; padding: 0.75rem; background: var(--ground); color: var(--text); font: 1rem/1.4 system-ui, sans-serif; }
header { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; }
h1 { margin: 0; font-size: 1rem; }
h2 { margin: 1rem 0 0.25rem; font-size: 0.9rem; color: var(--soft); font-weight: 600; }
p { margin: 0; }
ul, ol { margin: 0; padding: 0; list-style: none; }
#link { color: var(--soft); }
#link.lost { color: var(--bad); font-weight: 700; }
#warnings li { background: var(--warn); color: #000; padding: 0.4rem 0.6rem; margin-top: 0.4rem; border-radius: 0.3rem; font-weight: 600; }
.timecode { margin: 0.5rem 0; }
.timecode output { display: block; font: 700 clamp(2.6rem, 13.5vw, 11rem)/1 ui-monospace, "DejaVu Sans Mono", monospace; font-variant-numeric: tabular-nums; color: var(--soft); }
.timecode.running output { color: var(--go); }
.timecode:not(:first-child) output { font-size: clamp(1.6rem, 6vw, 4rem); }
.timecode p { color: var(--soft); }
#decks { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 0.6rem; }
.deck { background: var(--card); border-radius: 0.4rem; padding: 0.6rem; border-left: 0.4rem solid #3a3f46; }
.deck.playing { border-left-color: var(--go); }
.deck .title { font-size: 1.25rem; font-weight: 700; overflow-wrap: anywhere; }
.deck .facts, .deck .phrase { color: var(--soft); }
.deck .phrase { color: var(--text); font-size: 1.1rem; }
.bar { display: block; width: 100%; height: 2.6rem; margin: 0.4rem 0; }
#hands, .hands { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-top: 0.75rem; }
button { min-height: 3.2rem; min-width: 7rem; padding: 0 1rem; border: 2px solid #5b626c; border-radius: 0.5rem; background: #23272d; color: var(--text); font: inherit; font-weight: 700; }
button.go { background: #0b6b38; border-color: var(--go); flex: 1 1 10rem; font-size: 1.4rem; }
#panic { border-color: var(--bad); }
#panic.held { background: #8a1c1c; }
button[aria-pressed="true"] { background: var(--warn); color: #000; }
button:focus-visible { outline: 3px solid #fff; outline-offset: 2px; }
#next li, #last li, #bridges li { padding: 0.15rem 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
#last .held-back { color: var(--warn); }
#bridges .waiting, #bridges .failed { color: var(--warn); }
`;
