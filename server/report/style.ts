/** The report's style sheet. It prints light whatever the screen is, and a row or a stage is never torn in two. */
export const REPORT_STYLE = `
:root{color-scheme:light dark;--bg:#fff;--card:#f6f7f9;--text:#16191d;--quiet:#5b6470;--line:#d6dae0;
--good:#146c38;--bad:#b3171f;--hold:#9c2a7a;--gaps:#8a5200;--active:#0b57b8;--waiting:#4b5a6b;--idle:#5b6470;
--mean:#0b57b8;--range:#0b57b82e;--band:#0000000a}
@media screen and (prefers-color-scheme:dark){:root{--bg:#13161a;--card:#1c2127;--text:#e8ebef;--quiet:#a0aab6;--line:#363d46;
--good:#5fd38d;--bad:#ff8087;--hold:#f08fd0;--gaps:#f0b454;--active:#7db6ff;--waiting:#a9b6c4;--idle:#a0aab6;
--mean:#7db6ff;--range:#7db6ff38;--band:#ffffff0d}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:2rem 1.5rem 4rem;background:var(--bg);color:var(--text);
font:15px/1.45 system-ui,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif;overflow-wrap:anywhere}
h1,h2,h3,p{margin:0}
h2{font-size:1.2rem;margin:2.2rem 0 .7rem;padding-bottom:.25rem;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:.9rem 0 .4rem}
.kicker,.quiet{color:var(--quiet)}.quiet{font-weight:400}
.verdict{display:flex;align-items:center;gap:.35em;font-size:3.6rem;line-height:1.1;letter-spacing:-.02em;margin:.3rem 0}
.host{font-size:1.6rem;font-weight:650}.means{margin:.2rem 0 1rem}
.icon{width:1em;height:1em;flex:none;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.simulated{border:3px dashed var(--gaps);color:var(--gaps);font-weight:700;padding:.7rem 1rem;margin-bottom:1rem}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:.6rem 1.2rem;margin:0}
.facts dt{color:var(--quiet);font-size:.85em}.facts dd{margin:0}
.badge{display:inline-flex;align-items:center;gap:.35em;font-weight:650;white-space:nowrap}
.good{color:var(--good)}.bad{color:var(--bad)}.hold{color:var(--hold)}.gaps{color:var(--gaps)}
.active{color:var(--active)}.waiting{color:var(--waiting)}.idle{color:var(--idle)}
.failure{border-left:6px solid var(--bad);background:var(--card);padding:.8rem 1rem;margin:0}
.failure .part{display:flex;align-items:baseline;gap:.4em;flex-wrap:wrap;font-size:1.3rem}.part .icon{color:var(--bad);align-self:center}
.gaplist,.overrides,.stages{list-style:none;margin:0;padding:0}
.gaplist li,.overrides li{display:flex;gap:.5em;padding:.25rem 0}.gaplist .icon,.gap strong{color:var(--gaps)}.gaplist .icon,.overrides .icon{margin-top:.25em}
.overrides .icon{color:var(--hold)}
.stages>li{color:var(--text);border-left:5px solid var(--tone,var(--line));padding:.35rem 0 .45rem .9rem;margin:.5rem 0}
.stages>.good{--tone:var(--good)}.stages>.bad{--tone:var(--bad)}.stages>.gaps{--tone:var(--gaps)}.stages>.active{--tone:var(--active)}
.stages h3{display:flex;align-items:baseline;gap:.6em;margin:0}.stages h3 .badge{margin-left:auto}
.attempt+.attempt{border-top:1px dotted var(--line);margin-top:.4rem;padding-top:.4rem}
.proof{margin:.2rem 0;padding-left:1.1rem;font-variant-numeric:tabular-nums}.reason{color:var(--bad)}
table{border-collapse:collapse;width:100%;font-size:.92em}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line)}
th{color:var(--quiet);font-weight:600}.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
tr.bad td,tr.gaps td{color:var(--text);background:var(--card)}tr.bad td:first-child{box-shadow:inset 4px 0 var(--bad)}tr.gaps td:first-child{box-shadow:inset 4px 0 var(--gaps)}
tr.bad td:first-child,tr.gaps td:first-child{padding-left:.6rem}
code{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.92em}
figure{margin:0 0 1.1rem}.plot{display:block;width:100%;height:auto}
.plot text{fill:var(--quiet);font-size:11px;font-variant-numeric:tabular-nums}
.plot .grid{stroke:var(--line)}.plot .mean{fill:none;stroke:var(--mean);stroke-width:1.6}.plot .range{fill:var(--range)}
.plot .even{fill:var(--band)}.plot .odd{fill:none}
.plot line.limit{stroke-width:1.4;stroke-dasharray:6 4}.plot line.fail{stroke:var(--bad)}.plot line.warn{stroke:var(--gaps)}
.plot text.fail{fill:var(--bad)}.plot text.warn{fill:var(--gaps)}.plot .breach{fill:none;stroke:var(--bad);stroke-width:2}
@page{size:A4;margin:14mm 13mm 16mm;@bottom-right{content:"page " counter(page) " of " counter(pages);font:8pt system-ui,sans-serif;color:#5b6470}}
@media print{body{max-width:none;padding:0;font-size:10pt}h2{break-after:avoid}h3,figcaption{break-after:avoid}
figure,tr,.stages>li,.failure,.gaplist li,.overrides li{break-inside:avoid}thead{display:table-header-group}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`;
