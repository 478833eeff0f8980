//! An endpoint that cannot be used is told so before anybody waits for it.

use super::*;

fn endpoint(base: &str) -> Endpoint {
    Endpoint {
        name: "test".to_owned(),
        base: base.to_owned(),
        style: Style::OpenAi,
        proxy: None,
        key: None,
        model: "m".to_owned(),
        structured: Structured::JsonSchema,
        token_field: TokenField::MaxTokens,
        extra_body: Map::new(),
        deadline: Duration::from_secs(1),
        most_tokens: 100,
        price: Price::default(),
    }
}

#[test]
fn an_address_is_an_address() {
    for good in [
        "https://api.openai.com/v1",
        "http://127.0.0.1:8080",
        "http://[::1]:11434/v1",
        "https://x.openai.azure.com",
    ] {
        assert_eq!(endpoint(good).check(), Ok(()), "{good}");
    }
    for bad in [
        "",
        "api.openai.com/v1",
        "https://",
        "https://a/v1/",
        "https://a/v1?x=1",
        "https://user:pass@a/v1",
        "ftp://a",
        "https://a/ b",
        "https://a/\u{202e}b",
    ] {
        assert!(endpoint(bad).check().is_err(), "{bad}");
    }
}

#[test]
fn a_key_that_is_no_header_is_said_to_be_none() {
    for bad in ["", "a\nb", "a b", "ключ", "a\u{7f}"] {
        let with = Endpoint {
            key: Some(SecretString::from(bad.to_owned())),
            ..endpoint("http://a")
        };
        assert_eq!(with.check(), Err(BadEndpoint::Key), "{bad:?}");
    }
}

#[test]
fn the_extra_body_does_not_decide_what_we_decide() {
    let mut with = endpoint("http://a");
    with.extra_body.insert("top_k".to_owned(), 1.into());
    assert_eq!(with.check(), Ok(()));
    with.extra_body.insert("tools".to_owned(), Value::Null);
    let said = with.check().unwrap_err().to_string();
    assert_eq!(
        said,
        "extra_body and omit may not name \"tools\": Sickbay sets it"
    );
}

#[test]
fn a_price_is_rounded_up() {
    let price = Price {
        asked: 150_000,
        answered: 600_000,
    };
    assert_eq!(price.of(0, 0), 0);
    assert_eq!(price.of(1, 0), 1);
    assert_eq!(price.of(1_000_000, 500_000), 450_000);
    assert_eq!(price.of(u64::MAX, u64::MAX), u64::MAX.div_ceil(1_000_000));
}
