//! Capture files: recordings as pcapng, for Wireshark and its kin. Bytes in, bytes out; opens no file.

pub mod pcapng_writer;
