/// Colours and type of pictures and pages, light and dark.
///
/// Blue and vermilion are Okabe and Ito's (2008), told apart by all common forms of colour blindness; text keeps a contrast of
/// at least 4.5 to its ground (WCAG AA).
enum Theme {
  /// Custom properties, and the classes that pictures use.
  static let css = variables + charts

  private static let variables = """
    :root{color-scheme:light dark;--paper:#fff;--card:#f6f7f9;--ink:#1a1d21;--muted:#59626d;--rule:#dfe3e8;\
    --blue:#0068a8;--red:#c04a00;--cell:#08467f;--cell-ink:#fff;--gap:#b8bec5}\
    @media(prefers-color-scheme:dark){:root{--paper:#14171b;--card:#1c2026;--ink:#e9ecef;--muted:#a3adb8;--rule:#343b44;\
    --blue:#5db5ee;--red:#f08a4b;--cell:#86c1f5;--cell-ink:#0b0d10;--gap:#5b646e}}\
    @media print{:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--muted:#444;--rule:#bbb;\
    --blue:#0068a8;--red:#c04a00;--cell:#08467f;--cell-ink:#fff;--gap:#b8bec5}}
    """

  private static let charts = """
    .chart{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;font-size:13px;\
    font-variant-numeric:tabular-nums;color:var(--ink)}\
    .chart .paper{fill:var(--paper)}.chart text{fill:var(--ink)}.chart .label{fill:var(--muted)}\
    .chart .strong{font-weight:600}.chart .small{font-size:11px;fill:var(--muted)}.chart .inverse,.chart .inverse.small{fill:var(--cell-ink)}\
    .chart .onlight,.chart .onlight.small{fill:var(--ink)}\
    .chart .axis{stroke:var(--muted);stroke-width:1}.chart .grid{stroke:var(--rule);stroke-width:1}\
    .chart .first{stroke:var(--blue);stroke-width:2;fill:none;stroke-linejoin:round}\
    .chart .second{stroke:var(--red);stroke-width:2;fill:none;stroke-linejoin:round;stroke-dasharray:6 3}\
    .chart .fold{stroke-width:1.25;stroke-opacity:.6}.chart .second.fold{stroke-dasharray:4 2}\
    .chart .firstfill{fill:var(--blue)}.chart .secondfill{fill:var(--red)}.chart .track{fill:var(--rule)}\
    .chart .cell{fill:var(--cell)}.chart .frame{fill:none;stroke:var(--rule)}.chart .wave{fill:var(--blue);stroke:var(--blue);stroke-width:.75;stroke-linejoin:round}\
    .chart .chance{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:2 2}.chart .interval{stroke:var(--blue);stroke-width:6;stroke-opacity:.4}
    """
}
