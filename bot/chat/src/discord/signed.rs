//! Discord's signed requests, where it is told to bring what people do instead of the gateway. Each is answered as what comes over
//! the gateway is: by a call of ours, once it is known to be new.

use std::sync::{Arc, OnceLock};

use http::HeaderMap;
use serde_json::json;
use serenity::all::Interaction;
use serenity::interactions_endpoint::Verifier;

use super::Discord;
use super::hear::Ears;
use crate::event::Platform;
use crate::signed::{Answer, Refusals, header};

/// Where commands and presses come.
pub(crate) const PATHS: [&str; 1] = ["/discord/interactions"];

/// The headers that hold the signature, and when it was made.
pub(crate) const SIGNED_BY: (&str, &str) = ("x-signature-ed25519", "x-signature-timestamp");

/// The key of an application that Discord's signatures are checked by.
#[derive(Clone)]
pub struct PublicKey(Verifier);

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PublicKey").finish_non_exhaustive()
    }
}

/// A text that is no public key.
#[derive(Debug, thiserror::Error)]
#[error(
    "it is no public key of an application; that is 64 hexadecimal digits on the General Information page of the developer portal"
)]
pub struct BadKey;

impl std::str::FromStr for PublicKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let mut bytes = [0; 32];
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(BadKey);
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_not_text| BadKey)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_not_hex| BadKey)?;
        }
        let verifier = Verifier::try_new(bytes).map_err(|_no_point| BadKey)?;
        Ok(Self(verifier))
    }
}

/// Tells Discord's requests from anybody's.
pub struct Signed {
    key: PublicKey,
    ears: Arc<OnceLock<Arc<Ears>>>,
    refusals: Refusals,
}

impl std::fmt::Debug for Signed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signed").finish_non_exhaustive()
    }
}

impl Discord {
    /// What takes signed requests; nothing where what people do comes over the gateway.
    #[must_use]
    pub fn signed(&self) -> Option<Signed> {
        Some(Signed {
            key: self.options.public_key.clone()?,
            ears: Arc::clone(&self.ears),
            refusals: Refusals::default(),
        })
    }
}

impl Signed {
    /// Takes a request whose time is about now.
    pub(crate) fn take(&self, headers: &HeaderMap, body: &[u8]) -> Answer {
        let (signature, at) = SIGNED_BY;
        let signed = header(headers, signature).zip(header(headers, at));
        let proved = signed.is_some_and(|(signature, at)| {
            let PublicKey(verifier) = &self.key;
            verifier.verify(signature, at, body).is_ok()
        });
        if !proved {
            self.refusals.one(Platform::Discord, "public_key");
            return Answer::FORGED;
        }
        let interaction: Interaction = match serde_json::from_slice(body) {
            Ok(interaction) => interaction,
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                tracing::warn!(
                    line,
                    column,
                    "Discord said something that is not understood"
                );
                return Answer::LATER;
            }
        };
        if let Interaction::Ping(_) = interaction {
            // With this Discord asks whether somebody is here who checks signatures.
            return Answer::said("application/json", json!({ "type": 1 }).to_string());
        }
        let Some(ears) = self.ears.get().filter(|ears| ears.listen()) else {
            return Answer::NOT_NOW;
        };
        let ears = Arc::clone(ears);
        tokio::spawn(async move { ears.answer(interaction).await });
        Answer::LATER
    }
}

#[cfg(test)]
mod tests {
    use super::PublicKey;

    #[test]
    fn a_key_is_64_digits_and_a_point() {
        let check =
            |text: &str, good: bool| assert_eq!(text.parse::<PublicKey>().is_ok(), good, "{text}");
        check(
            "67c6bd767ca099e79efac9fcce4d2022a63bf7dea780e7f3d813f694c1597089",
            true,
        );
        check(
            "67C6BD767CA099E79EFAC9FCCE4D2022A63BF7DEA780E7F3D813F694C1597089",
            true,
        );
        check(
            "67c6bd767ca099e79efac9fcce4d2022a63bf7dea780e7f3d813f694c159708",
            false,
        );
        check(
            "+7c6bd767ca099e79efac9fcce4d2022a63bf7dea780e7f3d813f694c1597089",
            false,
        );
        check("", false);
        check(&"é".repeat(32), false);
        // No point of the curve has this name.
        check(&format!("02{}", "0".repeat(62)), false);
    }
}
