//! What happens to mail: routing, local delivery, the outbound queue, DSNs.
