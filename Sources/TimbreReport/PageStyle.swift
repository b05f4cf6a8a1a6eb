/// The style sheet of `report.html`.
package enum PageStyle {
  package static let css = Theme.css + type + tables + blocks + wide

  private static let type = """
    *{box-sizing:border-box}html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}\
    body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}\
    .page{max-width:64rem;margin:0 auto;padding:0 1.25rem 5rem}\
    h1{font-size:2rem;line-height:1.2;letter-spacing:-.015em;margin:2.5rem 0 .5rem;overflow-wrap:anywhere}\
    h2{font-size:1.3rem;letter-spacing:-.01em;margin:3.5rem 0 1rem;padding-top:1.25rem;border-top:1px solid var(--rule)}\
    h3{font-size:1.05rem;margin:2rem 0 .5rem;overflow-wrap:anywhere}h4{font-size:.95rem;margin:1.25rem 0 .25rem;font-weight:600}\
    p{margin:.5rem 0 1rem;max-width:44rem;overflow-wrap:anywhere}a{color:var(--blue)}\
    .lead{font-size:1.1rem;color:var(--muted)}.muted{color:var(--muted)}\
    code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.875em}\
    pre{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:1rem;overflow-x:auto;line-height:1.45;tab-size:2}
    """

  private static let tables = """
    .scroll{overflow-x:auto;margin:0 0 1rem}\
    table{border-collapse:collapse;font-size:.925rem;font-variant-numeric:tabular-nums;line-height:1.4}\
    th,td{padding:.4rem .9rem .4rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}\
    th:last-child,td:last-child{padding-right:.25rem}\
    thead th{color:var(--muted);font-weight:500;font-size:.85rem;vertical-align:bottom;white-space:nowrap}\
    tbody th{font-weight:500}tfoot td,tfoot th{font-weight:600;border-bottom:0}\
    .n{text-align:right;white-space:nowrap}td.long{min-width:14rem;overflow-wrap:anywhere}.nowrap{white-space:nowrap}
    """

  private static let blocks = """
    .verdict{margin:0;padding:.8rem 1.25rem;font-weight:600;text-align:center;max-width:none}\
    .verdict.leak{background:#a4161a;color:#fff}.verdict.caution{background:#ffd166;color:#2b2000}.verdict.sound{background:#0b6e4f;color:#fff}\
    nav ol{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:1.5rem 0 0;padding:0;font-size:.925rem}\
    nav a{text-decoration:none}nav a:hover{text-decoration:underline}\
    .metrics{display:grid;grid-template-columns:repeat(auto-fill,minmax(14.5rem,1fr));gap:1rem;margin:1.75rem 0}\
    .metric{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:1rem 1.15rem}\
    .metric .name{font-weight:600}.metric .value{font-size:2.1rem;line-height:1.25;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}\
    .metric .more{color:var(--muted);font-size:.875rem;font-variant-numeric:tabular-nums}.metric .chart{margin:.25rem 0 .35rem}\
    .chart{display:block;max-width:100%;height:auto}\
    figure{margin:1rem 0}figcaption{color:var(--muted);font-size:.875rem;margin-top:.35rem}\
    .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:1rem 2rem;align-items:start}\
    .clip{background:var(--card);border:1px solid var(--rule);border-radius:12px;padding:.25rem 1.25rem 1.25rem;margin:0 0 1.5rem}\
    .clip h3{margin-top:1rem;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:1rem}\
    .tag{display:inline-block;border:1px solid var(--rule);border-radius:99px;padding:.05rem .65rem;font-size:.85rem;margin:0 .35rem .35rem 0;background:var(--paper)}\
    .detail{color:var(--muted);font-size:.875rem;overflow-wrap:anywhere}.tag.right{border-color:var(--blue);color:var(--blue)}.tag.wrong{border-color:var(--red);color:var(--red)}\
    audio{display:block;width:100%;max-width:28rem;height:2.5rem;margin:.5rem 0}\
    details{margin:1rem 0}summary{cursor:pointer;font-weight:500}\
    .clip>details>summary{margin-top:.5rem}ul.plain{list-style:none;padding:0;margin:.5rem 0 1rem}.plain li{margin:.15rem 0;overflow-wrap:anywhere}
    """

  private static let wide = """
    @media(min-width:84rem){.page{max-width:80rem;display:grid;grid-template-columns:11rem minmax(0,62rem);column-gap:4rem}\
    nav{position:sticky;top:2rem;align-self:start;margin-top:2.6rem}nav ol{flex-direction:column;margin:0}}\
    @media(max-width:40rem){body{font-size:15px}h1{font-size:1.6rem;margin-top:1.75rem}.page{padding:0 1rem 3rem}\
    .clip{padding:.25rem .85rem 1rem}.scroll .chart.broad{min-width:32rem}}\
    @media print{.page{display:block;max-width:none;padding:0}nav,audio{display:none}h2{break-after:avoid}\
    .metric,.clip figure,tr{break-inside:avoid}pre{white-space:pre-wrap}.verdict{border:2px solid;background:none!important;color:#000!important}}
    """
}
