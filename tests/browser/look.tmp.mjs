import { chromium } from 'playwright';
import { serve, BASE } from './server.mjs';
await serve('../../dist', 4310);
const b = await chromium.launch({ executablePath: process.env.CH ?? '/usr/bin/chromium', args: ['--no-sandbox','--disable-gpu','--disable-quic','--no-first-run','--disable-background-networking','--disable-component-update','--disable-sync'] });
const text = (p) => p.evaluate(()=>document.body.innerText);
for (const [w,h,theme] of [[1440,900,'light'],[1440,900,'dark'],[390,844,'light'],[390,844,'dark']]) {
  const c = await b.newContext({ viewport: { width: w, height: h }, colorScheme: theme, hasTouch: w<500 });
  const p = await c.newPage(); const tag=`${w}-${theme}`;
  p.on('pageerror', e => console.log('ERR', e.message)); p.on('console', m => m.type()==='error' && console.log('console', m.text()));
  const open = async (path) => { await p.goto(`http://127.0.0.1:4310${BASE}${path}`); await p.evaluate(() => localStorage.setItem('ackward.hints','step,break,proof')); await p.reload(); for (let i=0;i<300;i++){ if (await p.evaluate(() => typeof globalThis.ackward === 'object')) break; await p.waitForTimeout(100);} };
  await open('s/crash-after-work/');
  for (let i=0;i<200;i++){ if (/Search complete/.test(await text(p))) break; await p.waitForTimeout(100);} 
  const link = p.locator('.sighting').first();
  let tabs=0; for (;tabs<150;tabs++){ await p.keyboard.press('Tab'); if (await link.evaluate(e=>e===document.activeElement)) break; }
  await p.waitForTimeout(200); await p.screenshot({ path: `/tmp/k1-${tag}.png` });
  await p.keyboard.press('Enter'); await p.waitForTimeout(1500); console.log(tag, 'tabs', tabs, await p.locator('h1').innerText(), p.url());
  await p.keyboard.press('ArrowRight'); await p.keyboard.press('ArrowRight'); await p.waitForTimeout(300); await p.screenshot({ path: `/tmp/k2-${tag}.png` });
  await open('check/');
  const box = p.locator('textarea').first(); await box.click();
  await box.pressSequentially('spring.kafka.consumer.group-id=g\nspring.kafka.consumer.auto-offset-reset=earliest\nspring.kafka.listener.type=batch\n', {delay:5});
  await p.waitForTimeout(2500); await p.screenshot({ path: `/tmp/c1-${tag}.png` });
  for (let i=0;i<400;i++){ const t=await text(p); if (!/being tried|still|Checking/i.test(t)) break; await p.waitForTimeout(100);} 
  await p.waitForTimeout(500); await p.screenshot({ path: `/tmp/c2-${tag}.png`, fullPage: true });
  await open('s/kafka-batch-again/'); for (let i=0;i<14;i++) await p.keyboard.press('ArrowRight'); await p.waitForTimeout(400); await p.screenshot({ path: `/tmp/s-${tag}.png` });
  await c.close();
}
await b.close(); process.exit(0);
