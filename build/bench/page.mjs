// Opens the buyer's link in new browser contexts and prints how long it took until the buyer could answer.
// usage: node page.mjs URL ROUNDS
import { chromium } from '../../frontend/node_modules/playwright-core/index.mjs';

const [url, rounds] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.HANDOVER_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
const times = [];
for (let round = 0; round <= Number(rounds); round++) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => {
    new MutationObserver(() => {
      if (!window.usable && document.querySelector('[aria-labelledby=decide] button')) window.usable = performance.now();
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(url);
  const time = await (await page.waitForFunction(() => window.usable)).jsonValue();
  if (round > 0) times.push(time); // the first one warms the browser
  await context.close();
}
await browser.close();
times.sort((a, b) => a - b);
const ms = (time) => `${Math.round(time)} ms`;
console.log(`median ${ms(times[Math.floor(times.length / 2)])}, slowest ${ms(times.at(-1))}`);
