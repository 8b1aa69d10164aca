//! The OpenID Connect provider: where to sign in, and who came back with a code. Discovery and keys are kept for a few
//! minutes; nothing else is, so that any server can end a sign-in that another one began.

use std::time::{Duration, Instant};

use meridian_config::{Oidc, Settings};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdTokenClaims, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    DiscoveryError, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl,
    Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    Scope, SignatureVerificationError, TokenResponse as _,
};
use tokio::sync::Mutex;
use url::Url;

use crate::http::outgoing::{self, Rules};

/// How long discovery and keys are kept.
const KEPT: Duration = Duration::from_mins(5);
/// The biggest answer that is read, in bytes.
const ANSWER_BYTES: usize = 1024 * 1024;
const WHOLE: Duration = Duration::from_secs(10);

/// What the ID token may be signed with: keys that only the provider has.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the provider did not tell who somebody is.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// It does not answer, or not as a provider.
    #[error("the OpenID Connect provider cannot be reached")]
    Unreachable(#[source] Cause),
    /// Its answer does not hold.
    #[error("the OpenID Connect provider's answer is refused")]
    Refused(#[source] Cause),
}

fn unreachable(cause: impl Into<Cause>) -> OidcError {
    OidcError::Unreachable(cause.into())
}

fn refused(cause: impl Into<Cause>) -> OidcError {
    OidcError::Refused(cause.into())
}

/// A call that got no answer.
#[derive(Debug, thiserror::Error)]
enum CallError {
    #[error("{0}")]
    NotAllowed(&'static str),
    #[error("the request failed")]
    Request(#[from] reqwest::Error),
    #[error("the answer is bigger than 1 MiB")]
    TooBig,
    #[error("the answer cannot be read")]
    Answer(#[from] openidconnect::http::Error),
}

/// Somebody, as the provider knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider's id of them; it never changes.
    pub subject: String,
    /// Their address.
    pub email: Option<String>,
    /// Whether the provider says that it is theirs.
    pub email_verified: bool,
    /// What they are called.
    pub name: Option<String>,
}

/// What binds an ID token and a code to one sign-in.
pub struct Binding {
    /// Comes back in the ID token.
    pub nonce: String,
    /// Shows that who redeems the code is who asked for it (PKCE); 43 to 128 characters.
    pub verifier: String,
}

type Ready = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

struct Known {
    since: Instant,
    metadata: CoreProviderMetadata,
}

/// See the module.
pub struct Provider {
    settings: Oidc,
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    rules: Rules,
    http: reqwest::Client,
    known: Mutex<Option<Known>>,
}

impl Provider {
    /// The provider of the settings; `None`: there is none. Nothing is asked of it yet.
    ///
    /// # Errors
    /// An address that cannot be used, or no client can be made.
    pub fn new(settings: &Settings) -> Result<Option<Self>, Cause> {
        let Some(oidc) = settings.oidc.clone() else { return Ok(None) };
        let rules = Rules::new(settings).naming(&Url::parse(&oidc.issuer)?);
        let http = rules.client().timeout(WHOLE).build()?;
        let redirect = format!("{}/api/v1/auth/oidc/callback", settings.public_url);
        Ok(Some(Self {
            issuer: IssuerUrl::new(oidc.issuer.clone())?,
            redirect: RedirectUrl::new(redirect)?,
            settings: oidc,
            rules,
            http,
            known: Mutex::new(None),
        }))
    }

    /// Its settings.
    pub fn settings(&self) -> &Oidc {
        &self.settings
    }

    /// Where a browser goes to sign in.
    ///
    /// # Errors
    /// The provider does not answer.
    pub async fn address(&self, state: String, binding: Binding) -> Result<Url, OidcError> {
        let client = self.client(false).await?;
        let challenge =
            PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(binding.verifier));
        let (url, ..) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(binding.nonce),
            )
            .add_scope(Scope::new("email".to_owned()))
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        Ok(url)
    }

    /// Who came back with a code: redeems it and checks the ID token (issuer, audience, signature, time, nonce, and
    /// that the access token belongs to it). Its time is the machine's, as the provider's is.
    ///
    /// # Errors
    /// The provider does not answer, or its answer does not hold.
    pub async fn identify(&self, code: String, binding: Binding) -> Result<Identity, OidcError> {
        let client = self.client(false).await?;
        let call = |request: HttpRequest| self.call(request);
        let tokens = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(refused)?
            .set_pkce_verifier(PkceCodeVerifier::new(binding.verifier))
            .request_async(&call)
            .await
            .map_err(|error| match error {
                RequestTokenError::Request(cause) => unreachable(cause),
                other => refused(other),
            })?;
        let nonce = Nonce::new(binding.nonce);
        let checked = match check(&client, &tokens, &nonce) {
            // It may have changed its keys since they were read.
            Err(CheckError::UnknownKey) => check(&self.client(true).await?, &tokens, &nonce),
            other => other,
        };
        let mut identity = checked.map_err(refused)?;
        if identity.email.is_none() {
            self.ask_more(&client, &tokens, &mut identity).await?;
        }
        Ok(identity)
    }

    /// What stands beside the ID token: many providers tell address and name only when asked for them.
    async fn ask_more(
        &self,
        client: &Ready,
        tokens: &CoreTokenResponse,
        identity: &mut Identity,
    ) -> Result<(), OidcError> {
        let subject = openidconnect::SubjectIdentifier::new(identity.subject.clone());
        // Without such an endpoint nothing more is to be known.
        let Ok(request) = client.user_info(tokens.access_token().clone(), Some(subject)) else {
            return Ok(());
        };
        let call = |request: HttpRequest| self.call(request);
        let told: CoreUserInfoClaims = request.request_async(&call).await.map_err(refused)?;
        identity.email = told.email().map(|email| email.as_str().to_owned());
        identity.email_verified = told.email_verified() == Some(true);
        let name = told.name().and_then(|name| name.get(None)).map(|name| name.as_str().to_owned());
        identity.name = name.or_else(|| told.preferred_username().map(|name| name.as_str().to_owned()));
        Ok(())
    }

    async fn client(&self, fresh: bool) -> Result<Ready, OidcError> {
        let metadata = self.metadata(fresh).await?;
        let by_body = metadata.token_endpoint_auth_methods_supported().is_some_and(|methods| {
            methods.contains(&CoreClientAuthMethod::ClientSecretPost)
                && !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
        });
        let secret = self.settings.client_secret.as_ref().map(|secret| ClientSecret::new(secret.0.clone()));
        let id = ClientId::new(self.settings.client_id.clone());
        Ok(CoreClient::from_provider_metadata(metadata, id, secret)
            .set_redirect_uri(self.redirect.clone())
            .set_auth_type(if by_body { AuthType::RequestBody } else { AuthType::BasicAuth }))
    }

    async fn metadata(&self, fresh: bool) -> Result<CoreProviderMetadata, OidcError> {
        let mut known = self.known.lock().await;
        if let Some(found) = known.as_ref().filter(|found| !fresh && found.since.elapsed() < KEPT) {
            return Ok(found.metadata.clone());
        }
        let call = |request: HttpRequest| self.call(request);
        let metadata =
            CoreProviderMetadata::discover_async(self.issuer.clone(), &call).await.map_err(|error| {
                match error {
                    DiscoveryError::Validation(_) => refused(error),
                    other => unreachable(other),
                }
            })?;
        *known = Some(Known { since: Instant::now(), metadata: metadata.clone() });
        Ok(metadata)
    }

    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, CallError> {
        let request = reqwest::Request::try_from(request)?;
        self.rules.check(request.url()).map_err(CallError::NotAllowed)?;
        let answer = self.http.execute(request).await?;
        let mut built = openidconnect::http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            built = built.header(name, value);
        }
        let body = outgoing::read(answer, ANSWER_BYTES).await?.ok_or(CallError::TooBig)?;
        Ok(built.body(body)?)
    }
}

/// Why an ID token does not hold.
#[derive(Debug, thiserror::Error)]
enum CheckError {
    #[error("no ID token came")]
    NoToken,
    #[error("the ID token is signed with a key that the provider does not name")]
    UnknownKey,
    #[error("the ID token does not hold")]
    Claims(#[from] ClaimsVerificationError),
    #[error("the ID token's signature cannot be checked")]
    Signature(#[from] SignatureVerificationError),
    #[error("the access token's hash cannot be made")]
    Hash(#[from] openidconnect::SigningError),
    #[error("the access token is not the one that the ID token names")]
    OtherAccessToken,
}

fn check(client: &Ready, tokens: &CoreTokenResponse, nonce: &Nonce) -> Result<Identity, CheckError> {
    let token = tokens.id_token().ok_or(CheckError::NoToken)?;
    let verifier = client.id_token_verifier().set_allowed_algs(ALGORITHMS);
    let claims: &CoreIdTokenClaims = token.claims(&verifier, nonce).map_err(|error| match error {
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
            CheckError::UnknownKey
        }
        other => CheckError::Claims(other),
    })?;
    if let Some(expected) = claims.access_token_hash() {
        let (algorithm, key) = (token.signing_alg()?, token.signing_key(&verifier)?);
        if AccessTokenHash::from_token(tokens.access_token(), algorithm, key)? != *expected {
            return Err(CheckError::OtherAccessToken);
        }
    }
    let name = claims.name().and_then(|name| name.get(None)).map(|name| name.as_str().to_owned());
    Ok(Identity {
        subject: claims.subject().as_str().to_owned(),
        email: claims.email().map(|email| email.as_str().to_owned()),
        email_verified: claims.email_verified() == Some(true),
        name: name.or_else(|| claims.preferred_username().map(|name| name.as_str().to_owned())),
    })
}
