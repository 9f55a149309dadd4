//! TLS, as everything here speaks it: one provider, versions 1.2 and 1.3, few suites and groups.
pub(crate) mod certificates;
pub(crate) mod client;
pub(crate) mod server;
mod strength;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::{CommonState, HandshakeKind, NamedGroup, ProtocolVersion};
use std::sync::{Arc, OnceLock};
use transport::TlsInfo;

/// Versions 1.3 and 1.2 (RFC 8996: nothing older).
static VERSIONS: [&rustls::SupportedProtocolVersion; 2] = [&rustls::version::TLS13, &rustls::version::TLS12];

/// The one provider: ECDHE with AES-GCM or ChaCha20-Poly1305 (RFC 9325, 4.2), and the groups that the "Secure
/// defaults" name, the post-quantum hybrid first.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    Arc::clone(PROVIDER.get_or_init(|| {
        Arc::new(CryptoProvider {
            kx_groups: vec![
                aws_lc_rs::kx_group::X25519MLKEM768,
                aws_lc_rs::kx_group::X25519,
                aws_lc_rs::kx_group::SECP256R1,
                aws_lc_rs::kx_group::SECP384R1,
            ],
            ..aws_lc_rs::default_provider()
        })
    }))
}

/// The same without the post-quantum group, whose key makes a first message of two segments.
pub(crate) fn small_provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    Arc::clone(PROVIDER.get_or_init(|| {
        let full = provider();
        let kx_groups = full.kx_groups.iter().copied().filter(|group| group.name() != NamedGroup::X25519MLKEM768);
        Arc::new(CryptoProvider { kx_groups: kx_groups.collect(), ..full.as_ref().clone() })
    }))
}

/// Makes our provider the one of the process, so that no library picks another. First thing in `main`; a second
/// call changes nothing.
pub fn install_provider() {
    // an error only says that one is installed already
    let _ = provider().as_ref().clone().install_default();
}

/// What a finished handshake is called.
fn info(connection: &CommonState, server_name: Option<&str>) -> TlsInfo {
    let version = match connection.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => "TLSv1.3",
        Some(ProtocolVersion::TLSv1_2) => "TLSv1.2",
        _ => "unknown",
    };
    let cipher = connection.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str()).unwrap_or("unknown");
    TlsInfo {
        version: version.to_owned(),
        // rustls names the suites of 1.3 by a prefix of its own; IANA's is TLS_
        cipher: cipher.strip_prefix("TLS13_").map_or_else(|| cipher.to_owned(), |rest| format!("TLS_{rest}")),
        server_name: server_name.map(str::to_owned),
        verified: false,
        fault: None,
        resumed: connection.handshake_kind() == Some(HandshakeKind::Resumed),
    }
}
