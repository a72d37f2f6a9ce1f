namespace EventDriven.Chaos.Reporting;

/// <summary>Writes a report into its folder.</summary>
internal static class ReportFiles
{
    /// <returns>The page.</returns>
    public static string Write(Report report, string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "report.json"), JsonReport.Write(report));
        var page = Path.Combine(folder, "report.html");
        File.WriteAllText(page, HtmlReport.Write(report));
        return page;
    }
}
