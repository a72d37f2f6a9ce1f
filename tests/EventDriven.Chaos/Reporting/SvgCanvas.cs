using System.Globalization;
using System.Text;

namespace EventDriven.Chaos.Reporting;

/// <summary>A chart over the seconds of a run: its scales, its axes, and the shapes on it.</summary>
internal sealed class SvgCanvas
{
    public const int Width = 1080;
    public const int Left = 64;
    public const int Right = 12;
    public const int Top = 8;
    private const int Bottom = 22;

    private readonly StringBuilder _svg = new();
    private readonly double _seconds;
    private readonly double _highest;
    private readonly int _width;
    private readonly int _height;

    public SvgCanvas(double seconds, double highest, int height, string label, int width = Width)
    {
        _seconds = Math.Max(1, seconds);
        _highest = Math.Max(1, highest);
        _width = width;
        _height = height;
        _svg.Append(Invariant($"<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{Escape(label)}\">"));
    }

    public double Floor => _height - Bottom;

    public double X(double second) => Left + (Math.Clamp(second, 0, _seconds) / _seconds * (_width - Left - Right));

    public double Y(double value) => Floor - (value / _highest * (Floor - Top));

    public static string Escape(string text) => System.Net.WebUtility.HtmlEncode(text);

    public void Rectangle(double x, double y, double width, double height, string css, string? tip = null) => _svg.Append(Invariant(
        $"<rect class=\"{css}\" x=\"{x:F1}\" y=\"{y:F1}\" width=\"{Math.Max(0, width):F1}\" height=\"{height:F1}\" rx=\"2\">{(tip is null ? "" : $"<title>{Escape(tip)}</title>")}</rect>"));

    public void Text(double x, double y, string text, string css) => _svg.Append(Invariant($"<text class=\"{css}\" x=\"{x:F1}\" y=\"{y:F1}\">{Escape(text)}</text>"));

    public void Line(double x1, double y1, double x2, double y2, string css) => _svg.Append(Invariant($"<line class=\"{css}\" x1=\"{x1:F1}\" y1=\"{y1:F1}\" x2=\"{x2:F1}\" y2=\"{y2:F1}\"/>"));

    /// <summary>A line through values, with gaps where there are none.</summary>
    public void Path(double[] values, string css, string tip)
    {
        var path = new StringBuilder();
        var isDown = false;
        for (var i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]))
            {
                continue;
            }

            path.Append(Invariant($"{(isDown ? 'L' : 'M')}{X(i):F1} {Y(values[i]):F1}"));
            isDown = true;
        }

        _svg.Append(Invariant($"<path class=\"{css}\" d=\"{path}\"><title>{Escape(tip)}</title></path>"));
    }

    /// <summary>What lies between two lines.</summary>
    public void Area(double[] lower, double[] upper, string css, string tip)
    {
        var path = new StringBuilder();
        for (var i = 0; i < upper.Length; i++)
        {
            path.Append(Invariant($"{(i == 0 ? 'M' : 'L')}{X(i):F1} {Y(upper[i]):F1}"));
        }

        for (var i = lower.Length - 1; i >= 0; i--)
        {
            path.Append(Invariant($"L{X(i):F1} {Y(lower[i]):F1}"));
        }

        _svg.Append(Invariant($"<path class=\"{css}\" d=\"{path}Z\"><title>{Escape(tip)}</title></path>"));
    }

    /// <summary>Seconds below, values at the left.</summary>
    public void Axes(bool withValues)
    {
        var step = Step(_seconds, _width / 110);
        for (double second = 0; second <= _seconds; second += step)
        {
            Line(X(second), Floor, X(second), Floor + 4, "axis");
            Text(X(second), _height - 5, TimeSpan.FromSeconds(second).ToString(@"m\:ss", CultureInfo.InvariantCulture), "tick middle");
        }

        Line(Left, Floor, _width - Right, Floor, "axis");
        var rise = Step(_highest, 4);
        for (double value = 0; withValues && value <= _highest; value += rise)
        {
            Line(Left, Y(value), _width - Right, Y(value), "grid");
            Text(Left - 8, Y(value) + 4, value >= 10_000 ? Invariant($"{value / 1_000:0.#}k") : Invariant($"{value:0.##}"), "tick end");
        }
    }

    public override string ToString() => $"{_svg}</svg>";

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static double Step(double range, int steps)
    {
        var raw = range / Math.Max(1, steps);
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double[] nice = range > 60 && raw is > 10 and < 60 ? [15, 30, 60] : [power, 2 * power, 5 * power, 10 * power];
        return nice.First(step => step >= raw);
    }
}
