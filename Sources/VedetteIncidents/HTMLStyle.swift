/// How an exported file looks: dark where the reader prefers it, one incident a page on paper.
enum HTMLStyle {
  static let text = """
    :root { color-scheme: light dark; --ink: #1a1d21; --soft: #59616b; --line: #d5dade;
      --paper: #ffffff; --panel: #f4f6f7; --critical: #8e1330; --high: #b3261e; --medium: #8a5300;
      --low: #22607a; --informational: #59616b; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #a3acb5; --line: #3a4149;
      --paper: #15181b; --panel: #1e2226; --critical: #ff8fa6; --high: #ff9d94; --medium: #f0b45c;
      --low: #7cc4e0; --informational: #a3acb5; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--paper); color: var(--ink);
      font: 15px/1.5 system-ui, sans-serif; }
    main, footer { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1.25rem; }
    footer { color: var(--soft); font-size: .85rem; border-top: 1px solid var(--line);
      overflow-wrap: anywhere; }
    h1 { font-size: 1.6rem; } h2 { font-size: 1.4rem; margin: .2rem 0 .8rem; }
    h3 { font-size: 1.05rem; margin: 1.6rem 0 .5rem; } h4 { font-size: 1rem; margin: 0; }
    h1, h2, h3, h4, p, td, dd, li { overflow-wrap: anywhere; }
    article { border-top: 1px solid var(--line); padding-top: 1.2rem; margin-top: 1.6rem; }
    main > article:first-child { border-top: 0; margin-top: 0; padding-top: 0; }
    header p { margin: 0; color: var(--soft); }
    table { border-collapse: collapse; width: 100%; }
    th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line);
      vertical-align: top; font-weight: normal; }
    thead th { color: var(--soft); font-size: .85rem; }
    .why { width: auto; } .why td:nth-child(2) { text-align: right;
      font-variant-numeric: tabular-nums; }
    .why tr:last-child { font-weight: 600; } .why tr:last-child th { font-weight: 600; }
    .why rect { fill: var(--high); } .why rect.less { fill: var(--low); }
    dl { display: grid; grid-template-columns: 8rem 1fr; gap: .3rem 1rem; background: var(--panel);
      padding: .9rem 1rem; border-radius: .5rem; }
    dt { color: var(--soft); } dd { margin: 0; }
    figure { margin: 1rem 0; } figcaption { color: var(--soft); font-size: .85rem; }
    figure svg { width: 100%; height: auto; display: block; }
    figure line { stroke: var(--line); stroke-width: 2; }
    figure line.event { stroke: var(--soft); stroke-width: 1.5; }
    rect.critical { fill: var(--critical); } rect.high { fill: var(--high); }
    rect.medium { fill: var(--medium); } rect.low { fill: var(--low); }
    rect.informational { fill: var(--informational); }
    section { border-left: 3px solid var(--line); padding-left: 1rem; margin: 1rem 0; }
    section p { margin: .3rem 0; }
    .badge { font-weight: 700; } .badge.critical { color: var(--critical); }
    .badge.high { color: var(--high); } .badge.medium { color: var(--medium); }
    .badge.low { color: var(--low); } .badge.informational { color: var(--informational); }
    code, pre { font: 13px/1.45 ui-monospace, monospace; }
    pre { background: var(--panel); padding: .5rem .7rem; border-radius: .35rem; margin: .2rem 0;
      white-space: pre-wrap; overflow-wrap: anywhere; }
    .place { color: var(--soft); } summary { cursor: pointer; color: var(--soft); }
    a { color: inherit; }
    @media print { article { break-before: page; } main > article:first-child { break-before: auto; }
      pre { border: 1px solid var(--line); } }

    """
}
