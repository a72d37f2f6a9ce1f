using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>An authority, itself signed by another, and what it has signed, as files in a directory of their own.</summary>
internal sealed class TestCertificates : IDisposable
{
    public const string Password = "p:w";

    private readonly string _directory = Directory.CreateTempSubdirectory("eventdriven-tls-").FullName;

    public TestCertificates()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = AuthorityRequest("CN=Root of the tests", rootKey).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = AuthorityRequest("CN=Authority of the tests", key).Create(root, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), [1, 2, 3]);
        using var authority = signed.CopyWithPrivateKey(key);
        File.WriteAllText(Authority, authority.ExportCertificatePem());

        Chain = [X509CertificateLoader.LoadCertificate(signed.RawData)];
        Server = Sign("CN=localhost", authority);
        using var client = Sign("CN=inventory", authority);
        File.WriteAllBytes(Client, client.Export(X509ContentType.Pkcs12, Password));

        using var strangersKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var stranger = new CertificateRequest("CN=Nobody", strangersKey, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Stranger, stranger.ExportCertificatePem());
    }

    public X509Certificate2 Server { get; }

    /// <summary>What the registry sends along with its own.</summary>
    public X509Certificate2Collection Chain { get; }

    /// <summary>The authority, as PEM.</summary>
    public string Authority => Path.Combine(_directory, "ca.pem");

    /// <summary>The application's own certificate, as PKCS#12.</summary>
    public string Client => Path.Combine(_directory, "client.p12");

    /// <summary>An authority that has signed nothing here.</summary>
    public string Stranger => Path.Combine(_directory, "stranger.pem");

    public void Dispose()
    {
        Server.Dispose();
        Chain[0].Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static CertificateRequest AuthorityRequest(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request;
    }

    private static X509Certificate2 Sign(string name, X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), RandomNumberGenerator.GetBytes(8));
        using var withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }
}
