//! Listeners, TLS, certificates, limits, PROXY protocol, outbound connections, DNS.
