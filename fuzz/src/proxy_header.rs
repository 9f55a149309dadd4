//! PROXY headers: nothing beyond the header is ever asked for, and what follows it changes nothing.
use net::{ProxyHeader, parse_proxy_header as parse};

pub(crate) fn proxy_header(data: &[u8]) {
    let whole = parse(data);
    for cut in 0..data.len() {
        let Some(prefix) = data.get(..cut) else { continue };
        match (parse(prefix), &whole) {
            // what is complete, or wrong, stays so
            (Ok(ProxyHeader::Complete { told, used }), whole) => {
                assert!(used <= cut);
                assert_eq!(*whole, Ok(ProxyHeader::Complete { told, used }));
            }
            (Err(fault), whole) => assert!(whole.is_err(), "{fault}"),
            (Ok(ProxyHeader::Incomplete { need }), Ok(ProxyHeader::Complete { used, .. })) => {
                assert!(need > 0 && cut + need <= *used);
            }
            (Ok(ProxyHeader::Incomplete { need }), _) => assert!(need > 0),
        }
    }
}
