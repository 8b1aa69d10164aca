import { mkdtemp } from 'node:fs/promises';
import os from 'node:os'; import path from 'node:path';
import lighthouse, { desktopConfig } from 'lighthouse'; import puppeteer from 'puppeteer-core';
const [base,email,password,update,share,...pages]=process.argv.slice(2);
const profile=await mkdtemp(path.join(os.tmpdir(),'lh-'));
const browser=await puppeteer.launch({executablePath:'/usr/bin/chromium',userDataDir:profile,args:['--headless=new','--no-sandbox','--disable-gpu','--no-first-run','--mute-audio']});
async function cold(page){await page.goto(`${base}/manifest.webmanifest`);const d=await page.createCDPSession();await d.send('Network.clearBrowserCache');await d.send('Storage.clearDataForOrigin',{origin:base,storageTypes:'cache_storage,service_workers'});await d.detach();}
const p=await browser.newPage();
const addr={watch:`/u/${update}`,home:'/',search:'/search?q=refunds',guest:`/s/${share}`};
let signed=false;
for(const n of pages){
 if(n!=='guest'&&!signed){signed=true;await p.goto(`${base}/sign-in`);await p.waitForSelector('input[type=email]');await p.type('input[type=email]',email);await p.type('input[type=password]',password);await Promise.all([p.waitForNavigation(),p.click('button.btn-primary')]);await p.waitForSelector('nav');}
 const page=await browser.newPage();await cold(page);
 const {lhr}=await lighthouse(base+addr[n],{onlyCategories:['performance'],disableStorageReset:true,maxWaitForLoad:12000,logLevel:'error'},process.env.DESK?desktopConfig:undefined,page);
 const a=lhr.audits;console.log('==',n,lhr.categories.performance.score,['first-contentful-paint','largest-contentful-paint','total-blocking-time','speed-index','cumulative-layout-shift'].map(k=>k+' '+a[k].numericValue.toFixed(2)).join(', '));
 const el=a['largest-contentful-paint-element']?.details?.items;if(el)for(const it of el)for(const i of it.items||[])console.log('  ',JSON.stringify(i.node?.snippet??i).slice(0,300));
 for(const i of a['layout-shifts']?.details?.items||[])console.log('  shift',i.score,i.node?.snippet?.slice(0,150));
 const items=a['network-requests'].details.items;for(const i of items)console.log('  ',i.networkRequestTime?.toFixed(0),i.networkEndTime?.toFixed(0),i.transferSize,i.resourceType,i.url.slice(base.length,base.length+90));
 console.log('  boot',(a['bootup-time']?.details?.items||[]).slice(0,4).map(i=>i.url.slice(-30)+' '+i.total.toFixed(0)).join(' | '), 'main',a['mainthread-work-breakdown']?.numericValue?.toFixed(0));
 await page.close();
}
await browser.close();
