//! The policy of MTA-STS is found where RFC 8461, 3.3 has it, and nowhere else.
use crate::house::{House, policy};

fn request(host: &str) -> String {
    format!("GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn a_domain_here_has_one() {
    let house = House::new(Some(policy())).await;
    for host in ["mta-sts.example.org", "MTA-STS.Example.Org", "mta-sts.example.org:443"] {
        let answer = house.ask(&request(host)).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK"), "{answer}");
        assert!(head.contains("content-type: text/plain; charset=utf-8"), "{answer}");
        assert_eq!(body, "version: STSv1\r\nmode: enforce\r\nmx: mx.example.org\r\nmax_age: 604800\r\n");
    }
}

#[tokio::test]
async fn other_hosts_and_paths_have_none() {
    let house = House::new(Some(policy())).await;
    for host in
        ["example.org", "mta-sts.elders.example", "mta-sts.", "mta-stsexample.org", "x", "mta-sts.a b", "[::1]:443"]
    {
        let answer = house.ask(&request(host)).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{host}: {answer}");
    }
    let elsewhere = "GET /mta-sts.txt HTTP/1.1\r\nHost: mta-sts.example.org\r\nConnection: close\r\n\r\n";
    assert!(house.ask(elsewhere).await.starts_with("HTTP/1.1 404 "));
    let written = "POST /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.example.org\r\nConnection: close\r\n\r\n";
    assert!(house.ask(written).await.starts_with("HTTP/1.1 405 "));
}

#[tokio::test]
async fn without_a_setting_there_is_none() {
    let answer = House::new(None).await.ask(&request("mta-sts.example.org")).await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let house = House::new(Some(policy())).await;
    for host in ["mta-sts.example.org", "elders.example"] {
        let answer = house.ask(&request(host)).await;
        for header in [
            "content-security-policy: default-src 'none'",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "strict-transport-security: max-age=63072000",
            "cross-origin-opener-policy: same-origin",
            "cross-origin-resource-policy: same-origin",
            "permissions-policy: ",
        ] {
            assert_eq!(answer.matches(header).count(), 1, "{header}: {answer}");
        }
    }
}
