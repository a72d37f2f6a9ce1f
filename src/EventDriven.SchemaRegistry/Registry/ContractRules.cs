using Confluent.SchemaRegistry;

namespace EventDriven.SchemaRegistry;

/// <summary>
/// The rules of a data contract (<c>ruleSet</c>: encryption, conditions, transformations), which are not run here. What they would change must neither be written nor read as if they were not there.
/// </summary>
/// <param name="OnWrite">The first that is to be run on what is written, as it is told; null where there is none.</param>
/// <param name="OnRead">The first that is to be run on what is read, as it is told; null where there is none.</param>
internal readonly record struct ContractRules(string? OnWrite, string? OnRead)
{
    private const string Remedy = "which is not run here. Use Confluent's serializer, with its rule executors, for this topic.";

    /// <summary>Migrations are left out: they lead to other versions of the schema, which nobody is asked for here.</summary>
    public static ContractRules Of(Schema schema)
    {
        var rules = (schema.RuleSet?.DomainRules ?? []).Concat(schema.RuleSet?.EncodingRules ?? []).Where(static rule => !rule.Disabled).ToList();
        return new ContractRules(
            Describe(rules.Find(static rule => rule.Mode is RuleMode.Write or RuleMode.WriteRead)),
            Describe(rules.Find(static rule => rule.Mode is RuleMode.Read or RuleMode.WriteRead)));
    }

    private static string? Describe(Rule? rule) => rule is null ? null : $"the rule '{rule.Name}' of type {rule.Type}, {Remedy}";
}
