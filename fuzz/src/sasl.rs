//! SASL exchanges (RFC 4422): the first byte chooses mechanism and initial response, each line is a response.
use directory::{MAX_SASL_RESPONSE, Mechanism, SaslError, SaslStep};

pub(crate) fn sasl(data: &[u8]) {
    let Some((choice, rest)) = data.split_first() else { return };
    let mechanism = if choice & 1 == 0 { Mechanism::Plain } else { Mechanism::Login };
    let mut lines = rest.split(|byte| *byte == b'\n');
    let initial = if choice & 2 == 0 { None } else { lines.next() };
    let mut answers = 0;
    let mut step = mechanism.begin(initial);
    loop {
        match step {
            SaslStep::Challenge(text, exchange) => {
                assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)));
                // PLAIN is one answer, LOGIN two: nothing asks for ever.
                answers += 1;
                assert!(answers <= 2);
                let Some(line) = lines.next() else { return };
                step = exchange.respond(line);
                if line == b"*" {
                    assert!(matches!(step, SaslStep::Failed(SaslError::Cancelled)));
                }
                if line.len() > MAX_SASL_RESPONSE {
                    assert!(matches!(step, SaslStep::Failed(SaslError::TooLong)));
                }
            }
            SaslStep::Done(credentials) => {
                let password = credentials.password.reveal();
                for field in [&credentials.name, password] {
                    assert!(!field.is_empty() && !field.contains('\0') && field.len() <= MAX_SASL_RESPONSE);
                }
                return;
            }
            SaslStep::Failed(_) => return,
        }
    }
}
