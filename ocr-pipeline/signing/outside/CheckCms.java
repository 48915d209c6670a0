import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.tsp.TimeStampToken;

/** Judges our signatures and time-stamps with BouncyCastle: pairs of SIGNATURE CONTENT or TOKEN DATA. */
public class CheckCms {
  public static void main(String[] args) throws Exception {
    for (int at = 0; at < args.length; at += 2) {
      try {
        check(Files.readAllBytes(Path.of(args[at])), Files.readAllBytes(Path.of(args[at + 1])));
      } catch (Exception refused) {
        System.out.println("refused: " + refused.getMessage());
      }
    }
  }

  private static void check(byte[] der, byte[] content) throws Exception {
    CMSSignedData plain = new CMSSignedData(der);
    if (PKCSObjectIdentifiers.id_ct_TSTInfo.getId().equals(plain.getSignedContentTypeOID())) {
      checkToken(new TimeStampToken(plain), content);
      return;
    }
    CMSSignedData signed = new CMSSignedData(new CMSProcessableByteArray(content), der);
    for (SignerInformation signer : signed.getSignerInfos().getSigners()) {
      X509CertificateHolder holder = (X509CertificateHolder) signed.getCertificates().getMatches(signer.getSID()).iterator().next();
      boolean holds = signer.verify(
          new JcaSimpleSignerInfoVerifierBuilder().setProvider(new BouncyCastleProvider()).build(holder));
      System.out.println("signature " + (holds ? "holds" : "wrong") + " " + signer.getEncryptionAlgOID());
      if (signer.getUnsignedAttributes() == null) continue;
      Attribute stamp = signer.getUnsignedAttributes().get(PKCSObjectIdentifiers.id_aa_signatureTimeStampToken);
      if (stamp == null) continue;
      byte[] token = stamp.getAttributeValues()[0].toASN1Primitive().getEncoded();
      checkToken(new TimeStampToken(new CMSSignedData(token)), signer.getSignature());
    }
    System.out.println("crls " + signed.getCRLs().getMatches(null).size());
  }

  private static void checkToken(TimeStampToken token, byte[] data) throws Exception {
    X509CertificateHolder holder = (X509CertificateHolder) token.getCertificates().getMatches(token.getSID()).iterator().next();
    token.validate(new JcaSimpleSignerInfoVerifierBuilder().setProvider(new BouncyCastleProvider()).build(holder));
    byte[] imprint = MessageDigest.getInstance(token.getTimeStampInfo().getMessageImprintAlgOID().getId()).digest(data);
    boolean same = Arrays.equals(imprint, token.getTimeStampInfo().getMessageImprintDigest());
    System.out.println("time-stamp " + (same ? "holds" : "wrong"));
  }
}
