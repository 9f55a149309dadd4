//! What a domain says of MTA-STS (RFC 8461): the first byte chooses the text record or the policy.
use policy::{MAX_POLICY, StsMode, StsPolicy, announced};
use std::time::Duration;

pub(crate) fn mta_sts(data: &[u8]) {
    let Some((choice, rest)) = data.split_first() else { return };
    if choice & 1 == 0 {
        let texts: Vec<Vec<u8>> = rest.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect();
        if let Some(id) = announced(&texts) {
            assert!((1..=32).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
        return;
    }
    let Ok(policy) = StsPolicy::parse(rest) else { return };
    assert!(rest.len() <= MAX_POLICY && policy.max_age <= Duration::from_secs(31_557_600));
    assert!(policy.mode == StsMode::None || !policy.hosts.is_empty());
    for pattern in &policy.hosts {
        // a policy covers what it names, and no more labels than its star stands for
        let host = pattern.strip_prefix("*.").map_or_else(|| pattern.clone(), |behind| format!("x.{behind}"));
        assert!(policy.covers(&host), "{host}");
    }
}
