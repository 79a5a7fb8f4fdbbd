import com.stripe.StripeClient;
import com.stripe.exception.CardException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.net.RequestOptions;
import com.stripe.param.ChargeCreateParams;
import com.stripe.param.CustomerCreateParams;

/** Stripe's SDK. */
public final class StripeChecks {
  public static void main(String[] args) {
    StripeClient stripe =
        StripeClient.builder().setApiKey("sk_test_1").setApiBase(Checks.egress("api.stripe.com")).build();
    Checks.check("create with idempotency key", () -> {
      CustomerCreateParams customer =
          CustomerCreateParams.builder().setEmail("a@example.com").putMetadata("order", "7&8").build();
      RequestOptions options = RequestOptions.builder().setIdempotencyKey("k1").build();
      Customer made = stripe.v1().customers().create(customer, options);
      Checks.equal(made.getId(), "cus_1");
    });
    Checks.check("error of the vendor", () -> {
      ChargeCreateParams charge = ChargeCreateParams.builder().setAmount(1L).setCurrency("eur").build();
      try {
        stripe.v1().charges().create(charge);
        throw new AssertionError("there was no error");
      } catch (CardException error) {
        Checks.equal(error.getCode(), "card_declined");
      }
    });
    Checks.check("403 of the proxy", () -> {
      try {
        stripe.v1().balance().retrieve();
        throw new AssertionError("there was no error");
      } catch (StripeException error) {
        Checks.denied(error.getMessage());
      }
    });
    System.exit(0);
  }
}
