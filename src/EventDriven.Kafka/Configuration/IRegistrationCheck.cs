namespace EventDriven.Kafka.Configuration;

/// <summary>Checks one registration before the host starts. All checks run, and all their errors are reported together.</summary>
internal interface IRegistrationCheck
{
    void Check(ICollection<ConfigurationError> errors);
}
