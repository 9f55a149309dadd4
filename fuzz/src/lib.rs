//! Fuzz targets as plain functions, and the replay of their corpus.
//!
//! A target takes any bytes and asserts what must hold for all of them. It stands in a file of its own, with a line in
//! [`TARGETS`] and a corpus in `fuzz/corpus/NAME/`. The ordinary tests replay the corpus on the stable compiler;
//! `cargo xtask fuzz SECONDS [NAME]` lets libFuzzer look for more, and what it finds becomes a corpus file.
mod addresses;
mod bdat;
mod dates;
mod encoded_words;
mod header_fields;
mod html;
mod imap_command;
mod imap_literal_stream;
mod imap_mailbox_pattern;
mod imap_printers;
mod imap_replies;
mod imap_search;
mod imap_section;
mod imap_sequence_set;
mod imap_utf7;
mod jmap_request;
mod mime;
mod mta_sts;
mod parameters;
mod password_hash;
mod pop3_command;
mod proxy_header;
mod received_report;
mod sasl;
mod seven_bit;
mod smtp_command;
mod smtp_data;
mod smtp_path;
mod smtp_reply;
mod store_records;
mod tls_report;
mod vcards;
mod verdict_fields;

/// A target: its name, which is its corpus's folder, and the function.
pub type Target = (&'static str, fn(&[u8]));

/// All targets, by name.
pub const TARGETS: &[Target] = &[
    ("addresses", addresses::addresses),                                  //
    ("bdat", bdat::bdat),                                                 //
    ("dates", dates::dates),                                              //
    ("encoded_words", encoded_words::encoded_words),                      //
    ("header_fields", header_fields::header_fields),                      //
    ("html", html::html),                                                 //
    ("imap_command", imap_command::imap_command),                         //
    ("imap_literal_stream", imap_literal_stream::imap_literal_stream),    //
    ("imap_mailbox_pattern", imap_mailbox_pattern::imap_mailbox_pattern), //
    ("imap_printers", imap_printers::imap_printers),                      //
    ("imap_replies", imap_replies::imap_replies),                         //
    ("imap_search", imap_search::imap_search),                            //
    ("imap_section", imap_section::imap_section),                         //
    ("imap_sequence_set", imap_sequence_set::imap_sequence_set),          //
    ("imap_utf7", imap_utf7::imap_utf7),                                  //
    ("jmap_request", jmap_request::jmap_request),                         //
    ("mime", mime::mime),                                                 //
    ("mta_sts", mta_sts::mta_sts),                                        //
    ("parameters", parameters::parameters),                               //
    ("password_hash", password_hash::password_hash),                      //
    ("pop3_command", pop3_command::pop3_command),                         //
    ("proxy_header", proxy_header::proxy_header),                         //
    ("received_report", received_report::received_report),                //
    ("sasl", sasl::sasl),                                                 //
    ("seven_bit", seven_bit::seven_bit),                                  //
    ("smtp_command", smtp_command::smtp_command),                         //
    ("smtp_data", smtp_data::smtp_data),                                  //
    ("smtp_path", smtp_path::smtp_path),                                  //
    ("smtp_reply", smtp_reply::smtp_reply),                               //
    ("store_records", store_records::store_records),                      //
    ("tls_report", tls_report::tls_report),                               //
    ("vcards", vcards::vcards),                                           //
    ("verdict_fields", verdict_fields::verdict_fields),                   //
];
