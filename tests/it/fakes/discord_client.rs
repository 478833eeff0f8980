//! The real Discord client, pointed at the fake: through its proxy setting, or through TLS with its rate limiter on.

use std::net::SocketAddr;
use std::sync::Arc;

use serenity::all::{
    ApplicationId, Client, ClientBuilder, Context, EventHandler, GatewayIntents, Http, HttpBuilder,
    Interaction, Message,
};
use tests::fakes::discord::Discord;
use tokio::sync::mpsc;

/// What the bot heard on the gateway.
#[derive(Debug)]
pub(crate) enum Heard {
    Did(Box<Interaction>),
    Said(Box<Message>),
}

struct Ears(mpsc::UnboundedSender<Heard>);

#[serenity::async_trait]
impl EventHandler for Ears {
    async fn interaction_create(&self, _context: Context, interaction: Interaction) {
        let _test_ended = self.0.send(Heard::Did(Box::new(interaction)));
    }

    async fn message(&self, _context: Context, message: Message) {
        let _test_ended = self.0.send(Heard::Said(Box::new(message)));
    }
}

fn application(discord: &Discord) -> ApplicationId {
    ApplicationId::new(discord.application().parse().unwrap())
}

/// A client of the fake's REST. Its rate limiter is off, or it would go to the real Discord.
pub(crate) fn http(discord: &Discord) -> Http {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    HttpBuilder::new(discord.token())
        .proxy(discord.url())
        .ratelimiter_disabled(true)
        .application_id(application(discord))
        .build()
}

/// Connects to the gateway; what comes, until the test ends.
pub(crate) async fn listen(
    discord: &Discord,
    intents: GatewayIntents,
) -> mpsc::UnboundedReceiver<Heard> {
    let (ears, heard) = mpsc::unbounded_channel();
    let client = ClientBuilder::new_with_http(http(discord), intents).event_handler(Ears(ears));
    let mut client: Client = client.await.unwrap();
    let asked = discord.look(|state| state.calls_of("GET /gateway").count());
    assert!(asked > 0, "the client would go to the real gateway");
    tokio::spawn(async move { client.start().await });
    discord.connected().await;
    heard
}

/// A client as in production, limiter on: it believes that the fake is discord.com, because a certificate says so.
pub(crate) async fn http_over_tls(discord: &Discord) -> Http {
    HttpBuilder::new(discord.token())
        .client(web_over_tls(discord).await)
        .application_id(application(discord))
        .build()
}

/// What such a client makes its requests with.
pub(crate) async fn web_over_tls(discord: &Discord) -> reqwest::Client {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let signed = rcgen::generate_simple_self_signed(vec!["discord.com".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(signed.signing_key.serialize_der());
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![signed.cert.der().clone()], key.unwrap())
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let served = discord.clone();
    tokio::spawn(async move {
        while let Ok((stream, _peer)) = listener.accept().await {
            let (acceptor, discord) = (acceptor.clone(), served.clone());
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    discord.serve(stream).await;
                }
            });
        }
    });
    let root = reqwest::Certificate::from_pem(signed.cert.pem().as_bytes()).unwrap();
    reqwest::Client::builder()
        .use_rustls_tls()
        .resolve("discord.com", address)
        .add_root_certificate(root)
        .build()
        .unwrap()
}
