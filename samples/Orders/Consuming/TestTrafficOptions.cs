using System.ComponentModel.DataAnnotations;

namespace Orders.Consuming;

/// <summary>The section <c>TestTraffic</c> of the configuration.</summary>
public sealed class TestTrafficOptions
{
    /// <summary>The header that marks test traffic, of requests and of records.</summary>
    [Required]
    public string Header { get; set; } = "test-traffic";

    /// <summary>Whether events so marked are dropped. False by default; production sets it.</summary>
    public bool Drop { get; set; }
}
