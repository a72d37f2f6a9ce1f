using System.Text;
using EventDriven.Chaos.Oracle;

namespace EventDriven.Chaos.Reporting;

/// <summary>The report for people: one file, without scripts, that shows what was injected and what came of it.</summary>
internal static class HtmlReport
{
    private const int MostViolations = 200;

    private const string Style =
        """
        :root{--bg:#f7f8fa;--card:#fff;--ink:#1b2430;--soft:#5d6b7c;--line:#dfe4ea;--good:#12805c;--bad:#c0352b;--death:#c0352b;--freeze:#2f6fdb;--broker:#b7791f;--mild:#7c8899;
        --s0:#3b6fd4;--s1:#2a9d8f;--s2:#d98c2b;--s3:#9b5de5;--s4:#c8553d;--s5:#5f7f2f}
        @media (prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1a2029;--ink:#e6ebf1;--soft:#93a1b3;--line:#2c3541;--good:#3fbf92;--bad:#f0766c;--death:#f0766c;--freeze:#6ea0f5;--broker:#e0ae56;--mild:#8492a5;
        --s0:#6f9bf0;--s1:#4cc2b3;--s2:#eeb05c;--s3:#bd92f2;--s4:#ea8a72;--s5:#97b860}}
        *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Roboto,sans-serif}
        main{max-width:1160px;margin:0 auto;padding:32px 20px 64px}h1{font-size:26px;margin:0}h2{font-size:16px;margin:0 0 10px}h3{font-size:13px;margin:0 0 4px;color:var(--soft);font-weight:600}
        header{display:flex;gap:16px;align-items:center;justify-content:space-between;flex-wrap:wrap;margin-bottom:6px}p.lead{color:var(--soft);margin:0 0 20px}
        .badge{padding:6px 14px;border-radius:999px;color:#fff;font-weight:600}.badge.good{background:var(--good)}.badge.bad{background:var(--bad)}
        code{font:13px/1.5 ui-monospace,Consolas,monospace;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:3px 8px;display:inline-block;overflow-wrap:anywhere}
        section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px 18px;margin-top:16px}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(220px,1fr));gap:12px;margin-top:16px}.tile{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 14px}
        .tile b{display:block;font-size:22px;font-variant-numeric:tabular-nums}.tile span{color:var(--soft);font-size:13px}
        table{border-collapse:collapse;width:100%;font-size:14px}td,th{text-align:left;padding:6px 10px 6px 0;border-top:1px solid var(--line);vertical-align:top}th{color:var(--soft);font-weight:600;border-top:0}
        td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.ok{color:var(--good);font-weight:600}.no{color:var(--bad);font-weight:600}
        .legend{display:flex;gap:16px;flex-wrap:wrap;color:var(--soft);font-size:13px;margin-bottom:6px}.legend i{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:6px;vertical-align:-1px}
        .grid2{display:grid;grid-template-columns:repeat(auto-fit,minmax(440px,1fr));gap:14px 22px}svg{display:block;width:100%;height:auto}
        svg .axis{stroke:var(--soft);stroke-width:1;opacity:.6}svg .grid{stroke:var(--line);stroke-width:1}svg text{font:11px system-ui,sans-serif;fill:var(--soft)}svg .end{text-anchor:end}svg .middle{text-anchor:middle}
        svg .label{fill:#fff;font-size:10.5px;pointer-events:none}svg .settle{fill:var(--good);opacity:.08}svg .band{opacity:.1}.death{fill:var(--death)}.freeze{fill:var(--freeze)}.broker{fill:var(--broker)}.mild{fill:var(--mild)}
        svg .area{opacity:.85}svg .line{fill:none;stroke-width:1.4;opacity:.8}
        svg .area.s0{fill:var(--s0)}svg .area.s1{fill:var(--s1)}svg .area.s2{fill:var(--s2)}svg .area.s3{fill:var(--s3)}svg .area.s4{fill:var(--s4)}svg .area.s5{fill:var(--s5)}
        svg .line.s0{stroke:var(--s0)}svg .line.s1{stroke:var(--s1)}svg .line.s2{stroke:var(--s2)}svg .line.s3{stroke:var(--s3)}svg .line.s4{stroke:var(--s4)}svg .line.s5{stroke:var(--s5)}
        """;

    public static string Write(Report report)
    {
        var page = new StringBuilder();
        page.Append($"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{Escape(report.Title)}, seed {report.Seed}</title><style>{Style}</style></head><body><main>");
        page.Append($"<header><h1>{Escape(report.Title)}</h1><span class=\"badge {(report.IsClean ? "good\">Every promise held" : "bad\">Promises were broken")}</span></header>");
        page.Append($"<p class=\"lead\">Seed {report.Seed}, group protocol {Escape(report.Protocol)}, {report.LoadSeconds:N0} s of load{(report.Faults.Count > 0 ? " and faults" : "")}. Again: <code>{Escape(report.Command)}</code></p>");
        Tiles(page, report);
        Invariants(page, report.Verdict);
        Slopes(page, report);
        if (report.Faults.Count > 0)
        {
            page.Append("<section><h2>Faults</h2><div class=\"legend\">" + Key("death", "killed") + Key("freeze", "frozen") + Key("broker", "broker away") + Key("mild", "stopped, scaled, reset, load") + "</div>");
            page.Append(Charts.Faults(report)).Append("</section>");
        }

        page.Append("<section><h2>Finished events a second</h2><div class=\"legend\">");
        for (var i = 0; i < report.Throughput.Count; i++)
        {
            page.Append($"<span><i style=\"background:var(--s{i})\"></i>{Escape(report.Throughput[i].Name)}</span>");
        }

        page.Append("</div>").Append(Charts.Throughput(report)).Append("</section><section><h2>Lag of each partition, in events</h2><div class=\"grid2\">");
        for (var i = 0; i < report.Lags.Count; i++)
        {
            page.Append($"<div><h3>{Escape(report.Lags[i].Service)}</h3>{Charts.Lag(report, report.Lags[i].Partitions, i)}</div>");
        }

        page.Append("</div></section>");
        FaultTable(page, report);
        return page.Append("</main></body></html>").ToString();
    }

    private static void Tiles(StringBuilder page, Report report)
    {
        var verdict = report.Verdict;
        page.Append("<div class=\"tiles\">");
        Tile(page, verdict.Events, "events in the topics");
        Tile(page, verdict.Handled, "handled");
        Tile(page, verdict.DeadLettered, "put aside");
        Tile(page, verdict.Retried + verdict.Parked, "retried or parked");
        Tile(page, verdict.Duplicates, $"handled again, bound {verdict.DuplicateBound:N0}");
        Tile(page, verdict.ZombieRuns, "attempts of zombies");
        Tile(page, report.Faults.Count, "faults");
        Tile(page, (long)Math.Ceiling(report.SettleSeconds), "seconds to finish");
        page.Append("</div>");
    }

    private static void Tile(StringBuilder page, long number, string what) => page.Append($"<div class=\"tile\"><b>{number:N0}</b><span>{Escape(what)}</span></div>");

    private static void Invariants(StringBuilder page, Verdict verdict)
    {
        page.Append("<section><h2>What was judged</h2><table><tr><th></th><th>Promise</th><th>Verdict</th></tr>");
        foreach (var (invariant, promise) in Verdict.Promises)
        {
            var count = verdict.Violations.Count(violation => violation.Invariant == invariant);
            page.Append($"<tr><td>{invariant}</td><td>{Escape(promise)}</td><td class=\"{(count == 0 ? "ok\">held" : $"no\">broken {count} time(s)")}</td></tr>");
        }

        page.Append($"</table><p class=\"lead\" style=\"margin:10px 0 0\">From {verdict.Runs:N0} attempts, {verdict.Ownerships:N0} assignments and {verdict.PositionsChecked:N0} committed positions.</p></section>");
        if (verdict.Violations.Count > 0)
        {
            page.Append("<section><h2>Violations</h2><table>");
            foreach (var violation in verdict.Violations.Take(MostViolations))
            {
                page.Append($"<tr><td class=\"no\">{violation.Invariant}</td><td>{Escape(violation.Text)}</td></tr>");
            }

            page.Append("</table></section>");
        }
    }

    private static void Slopes(StringBuilder page, Report report)
    {
        if (report.Slopes.Count == 0)
        {
            return;
        }

        page.Append("<section><h2>Slopes</h2><table><tr><th>What</th><th class=\"n\">at the beginning</th><th class=\"n\">at the end</th><th class=\"n\">change</th><th class=\"n\">limit</th><th>Verdict</th></tr>");
        foreach (var slope in report.Slopes)
        {
            page.Append($"<tr><td>{Escape(slope.Name)}</td><td class=\"n\">{slope.Begin:N1} {slope.Unit}</td><td class=\"n\">{slope.End:N1} {slope.Unit}</td><td class=\"n\">{slope.Change:+0.0%;-0.0%}</td>");
            page.Append($"<td class=\"n\">{(slope.IsMoreWorse ? "+" : "−")}{slope.Limit:0%}</td><td class=\"{(slope.IsWithin ? "ok\">within" : "no\">beyond")}</td></tr>");
        }

        page.Append("</table></section>");
    }

    private static void FaultTable(StringBuilder page, Report report)
    {
        if (report.Faults.Count == 0)
        {
            return;
        }

        page.Append("<section><h2>All faults</h2><table><tr><th class=\"n\">at</th><th>What</th><th>Whom</th><th class=\"n\">lasted</th></tr>");
        foreach (var fault in report.Faults)
        {
            page.Append($"<tr><td class=\"n\">{TimeSpan.FromSeconds(fault.Begin):m\\:ss}</td><td>{Escape(fault.Kind)}</td><td>{Escape(fault.Target)}</td><td class=\"n\">{fault.End - fault.Begin:F1} s</td></tr>");
        }

        page.Append("</table></section>");
    }

    private static string Key(string css, string text) => $"<span><i style=\"background:var(--{css})\"></i>{text}</span>";

    private static string Escape(string text) => SvgCanvas.Escape(text);
}
