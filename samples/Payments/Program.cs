using EventDriven;
using EventDriven.Kafka;
using EventDriven.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Payments;

// dotnet run --project samples/Payments      on a Kafka inside this process; nothing to install. Ends by itself, in a few seconds.
//
// Four kinds of accounts pay. One has a bank that is away for a while, one a slow bank, one asks for what is refused until the rule is mended, and the others
// just pay. What fails is tried again later, in its account's order, while everybody else goes on; what can't be paid is a dead letter; and is put back in the end.
const string Topic = "payments";
const string Group = "bank";
const int Payments = 6;
string[] accounts = ["flaky", "slow", "refund", .. Enumerable.Range(1, 40).Select(number => $"account-{number}")];

await using var kafka = EmbeddedKafka.Start();
kafka.CreateTopic(Topic, partitions: 4);

var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Error);
builder.Configuration.AddInMemoryCollection([new("Kafka:BootstrapServers", kafka.BootstrapServers)]);
builder.AddEventDriven("Kafka");
builder.Services.UseEmbeddedKafka(kafka);
builder.Services.AddSingleton<Story>();
builder.Services.AddSingleton(new Bank(expected: (accounts.Length * Payments) - 1));
builder.Services.AddEventProducer<PaymentRequested>(Topic, p => p.KeyedBy(payment => payment.Account));
builder.Services.AddEventConsumer<PaymentRequested, MakePayment>(Topic, group: Group, c => c
    .InKeyOrder(maxConcurrency: 32)
    .ProvisionTopics()
    .OnFailure(f => f
        .TreatAsFatal<PaymentRefusedException>()
        .ThenRetryTopics("250ms", "500ms", "1s").KeepKeyOrder()
        .ThenDeadLetter()));

using var host = builder.Build();
var story = host.Services.GetRequiredService<Story>();
var bank = host.Services.GetRequiredService<Bank>();
await host.StartAsync();

story.Tell($"{accounts.Length} accounts ask for {Payments} payments each. The bank of 'flaky' is away for 3 attempts, that of 'slow' takes 300 ms, and payment 3 of 'refund' is refused.");
var producer = host.Services.GetRequiredService<IEventProducer<PaymentRequested>>();
for (var number = 1; number <= Payments; number++)
{
    await Task.WhenAll(accounts.Select(account => producer.ProduceAsync(new PaymentRequested(account, number, account == "refund" && number == 3 ? -5m : 10m))));
}

await bank.All.WaitAsync(TimeSpan.FromSeconds(60));
story.Tell("All payments are made but the refused one. What 'flaky' asked for waited in its order, parked behind its first; nobody else waited for it.");

var letters = host.Services.GetRequiredService<IDeadLetters>();
await foreach (var letter in letters.ListAsync($"{Group}--{Topic}--dlq"))
{
    var payment = (PaymentRequested)(await letters.DecodeAsync(letter))!;
    story.Tell($"dead letter: payment {payment.Number} of '{payment.Account}', {letter.FailureClass} after {letter.Attempts} attempt(s): {letter.ExceptionMessage}");
}

story.Tell("The rule is mended, and the dead letter put back, for this group alone.");
bank.AcceptsRefunds = true;
var redriven = await letters.RedriveAsync(new RedriveRequest { Topic = $"{Group}--{Topic}--dlq", Target = RedriveTarget.Group });
await host.Services.WaitUntilCaughtUpAsync(Group, new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
while (bank.Paid["refund"].Length < Payments) await Task.Delay(50);

await host.StopAsync();

var outOfOrder = bank.Paid.Count(account => account.Key != "refund" && !account.Value.SequenceEqual(Enumerable.Range(1, Payments)));
story.Tell($"{redriven.Redriven} dead letter put back. {bank.Paid.Sum(account => account.Value.Length)} payments made, {outOfOrder} accounts out of order; 'refund' paid in the order {string.Join(' ', bank.Paid["refund"])}.");
return outOfOrder == 0 && bank.Paid.Sum(account => account.Value.Length) == accounts.Length * Payments ? 0 : 1;
