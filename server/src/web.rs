//! The web app, embedded in the binary. Unknown paths get its first page: the app routes by itself.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::http::header::{self, AcceptEncoding, AcceptLanguage, Encoding, Header as _};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest as _, Sha256};

use crate::error::ApiError;

#[derive(RustEmbed)]
#[folder = "../web/build"]
#[allow_missing = true]
struct Files;

/// Where the files lie whose names tell their content.
const IMMUTABLE: &str = "_app/immutable/";
/// Their policy. It holds for workers alone, which load nothing from elsewhere; the page's is said with the page, and each
/// script would pay for its length again.
const POLICY: &str = "default-src 'self'";

/// What the app's pages need beyond its first page, as the build noted it (`web/tools/preloads.js`); nothing where the app is
/// not built in.
static PRELOADS: LazyLock<Preloads> = LazyLock::new(|| {
    let noted = Files::get("_app/preloads.json");
    noted.and_then(|file| serde_json::from_slice(&file.data).ok()).unwrap_or_default()
});
/// The cookie that says which language was chosen in this browser (`web/src/lib/messages/language.svelte.ts`).
const CHOSEN: &str = "meridian_language";
/// The language of the app where none was chosen and the browser asks for none that it has.
const LANGUAGE: &str = "en";

#[derive(Default, serde::Deserialize)]
struct Preloads {
    routes: Vec<Route>,
    /// The texts' files by language.
    languages: BTreeMap<String, Vec<String>>,
}

/// A page of the app: its address, where `[..]` stands for anything, and its own scripts.
#[derive(serde::Deserialize)]
struct Route {
    address: String,
    scripts: Vec<String>,
}

impl Route {
    fn is_at(&self, path: &str) -> bool {
        let (own, asked) = (self.address.split('/'), path.split('/'));
        own.clone().count() == asked.clone().count()
            && own.zip(asked).all(|(own, asked)| own.starts_with('[') || own == asked)
    }
}

impl Preloads {
    /// The links to what the page at an address needs: the browser asks for them at once, not only when the app runs.
    fn links(&self, req: &HttpRequest) -> String {
        let chosen = req.cookie(CHOSEN).and_then(|cookie| self.languages.get(cookie.value()));
        let spoken = AcceptLanguage::parse(req).map(|asked| asked.ranked()).unwrap_or_default();
        let mut spoken =
            spoken.iter().filter_map(|asked| asked.item()).map(header::LanguageTag::primary_language);
        let texts = chosen.or_else(|| spoken.find_map(|code| self.languages.get(code)));
        let route = self.routes.iter().find(|route| route.is_at(req.path()));
        let scripts = route.into_iter().flat_map(|route| &route.scripts);
        let scripts = scripts.chain(texts.or_else(|| self.languages.get(LANGUAGE)).into_iter().flatten());
        let links = scripts
            .map(|script| format!("<link rel=\"modulepreload\" fetchpriority=\"low\" href=\"{script}\">"));
        links.collect::<Vec<_>>().concat()
    }
}

/// The hashes of the scripts in the web app's page itself (the build puts `web/static/first.js` there), as a policy names
/// them.
pub fn script_hashes() -> String {
    let page = Files::get("index.html").map(|file| file.data.to_vec()).unwrap_or_default();
    let page = String::from_utf8_lossy(&page).into_owned();
    hashes_of(&page)
}

fn hashes_of(page: &str) -> String {
    let scripts = page.split("<script>").skip(1).filter_map(|rest| rest.split("</script>").next());
    let hash = |script: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(script)));
    scripts.map(hash).collect::<Vec<_>>().join(" ")
}

/// The web app's first page, as it is or with another title and more in its head (which begins with the title); `None`
/// where it is not built in.
pub fn page(req: &HttpRequest, head: Option<&str>) -> Option<String> {
    let page = Files::get("index.html")?.data.to_vec();
    let page = String::from_utf8_lossy(&page).into_owned();
    let (before, after) = page.split_once("<title>Meridian</title>")?;
    let (within, after) = after.split_once("</head>")?;
    let (head, links) = (head.unwrap_or("<title>Meridian</title>"), PRELOADS.links(req));
    Some(format!("{before}{head}{within}{links}</head>{after}"))
}

/// Serves a file of the web app, or its first page.
pub async fn serve(req: HttpRequest) -> Result<HttpResponse, ApiError> {
    let path = req.path().trim_start_matches('/');
    if path.starts_with("api/") || path.starts_with("media/") {
        return Err(ApiError::not_found());
    }
    if let Some(file) = Files::get(path) {
        if !path.starts_with(IMMUTABLE) {
            return Ok(answer(
                &req,
                &file.data,
                file.metadata.sha256_hash(),
                file.metadata.mimetype(),
                "no-cache",
            ));
        }
        let (packed, encoding) = packed(&req, path).unwrap_or_else(|| (file.clone(), Encoding::identity()));
        let mut told = answer(
            &req,
            &packed.data,
            packed.metadata.sha256_hash(),
            file.metadata.mimetype(),
            "public, max-age=31536000, immutable",
        );
        for (name, value) in [(header::VARY, "accept-encoding"), (header::CONTENT_SECURITY_POLICY, POLICY)] {
            told.headers_mut().insert(name, header::HeaderValue::from_static(value));
        }
        if encoding != Encoding::identity()
            && let Ok(name) = encoding.to_string().parse()
        {
            told.headers_mut().insert(header::CONTENT_ENCODING, name);
        }
        return Ok(told);
    }
    match page(&req, None) {
        Some(page) => {
            Ok(answer(&req, page.as_bytes(), Sha256::digest(&page).into(), "text/html", "no-cache"))
        }
        None => Ok(HttpResponse::NotFound()
            .content_type("text/plain; charset=utf-8")
            .body("The web app is not built into this server: run `make build`.\n")),
    }
}

/// A file as the build packed it, in the best way that the browser takes.
fn packed(req: &HttpRequest, path: &str) -> Option<(EmbeddedFile, Encoding)> {
    let accepted = AcceptEncoding::parse(req).ok()?;
    let ways = [("br", Encoding::brotli()), ("gz", Encoding::gzip())];
    ways.into_iter().find_map(|(ending, encoding)| {
        let takes = accepted.negotiate([&encoding, &Encoding::identity()].into_iter())? == encoding;
        takes.then(|| Files::get(&format!("{path}.{ending}")).map(|file| (file, encoding)))?
    })
}

fn answer(req: &HttpRequest, content: &[u8], sum: [u8; 32], mime: &str, cache: &str) -> HttpResponse {
    let tag = format!("\"{}\"", hex::encode(sum.split_at(16).0));
    let known = req.headers().get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    if known.is_some_and(|known| known.contains(&tag)) {
        return HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish();
    }
    let mime = if mime.starts_with("text/") { format!("{mime}; charset=utf-8") } else { mime.to_owned() };
    HttpResponse::Ok()
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, cache.to_owned()))
        .content_type(mime)
        .body(content.to_vec())
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;
    use actix_web::test::TestRequest;

    use super::*;

    async fn asked(path: &str, accept: &str) -> (Option<String>, usize) {
        let uri = format!("/{path}");
        let request = TestRequest::get().uri(&uri).insert_header((header::ACCEPT_ENCODING, accept));
        let told = serve(request.to_http_request()).await.unwrap();
        assert_eq!(told.headers().get(header::VARY).unwrap(), "accept-encoding");
        assert_eq!(told.headers().get(header::CONTENT_SECURITY_POLICY).unwrap(), POLICY);
        assert!(told.headers().get(header::CONTENT_TYPE).unwrap().to_str().unwrap().contains("javascript"));
        let encoding =
            told.headers().get(header::CONTENT_ENCODING).map(|name| name.to_str().unwrap().to_owned());
        (encoding, to_bytes(told.into_body()).await.unwrap().len())
    }

    #[test]
    fn a_page_is_told_by_its_parts() {
        let route = |address: &str| Route { address: address.to_owned(), scripts: vec![] };
        for (address, at, elsewhere) in [
            ("/", "/", "/sign-in"),
            ("/u/[id]", "/u/01a2", "/u/01a2/edit"),
            ("/t/[id]/asks", "/t/01a2/asks", "/t/01a2/answers"),
        ] {
            assert!(route(address).is_at(at), "{address}");
            assert!(!route(address).is_at(elsewhere), "{address}");
        }
    }

    #[test]
    fn a_page_names_its_own_files_and_the_texts_in_the_language_that_is_asked_for() {
        let file = |name: &str| vec![format!("/_app/{name}.js")];
        let preloads = Preloads {
            routes: vec![Route { address: "/u/[id]".to_owned(), scripts: file("watch") }],
            languages: [("de".to_owned(), file("de")), ("en".to_owned(), file("en"))].into(),
        };
        let links = |path: &str, language: &str| {
            let request = TestRequest::get().uri(path).insert_header((header::ACCEPT_LANGUAGE, language));
            preloads.links(&request.to_http_request())
        };
        let script = |name: &str| {
            format!("<link rel=\"modulepreload\" fetchpriority=\"low\" href=\"/_app/{name}.js\">")
        };
        let german = links("/u/1", "en;q=0.5, fr, de-AT;q=0.8");
        assert_eq!(german, script("watch") + &script("de"));
        for unknown in ["fr", "", "*"] {
            assert_eq!(links("/elsewhere", unknown), script("en"), "{unknown}");
        }
        for (chosen, spoken) in [("de", "de"), ("en-XA", "en")] {
            let request = TestRequest::get().uri("/").insert_header((header::ACCEPT_LANGUAGE, "en"));
            let request = request.insert_header((header::COOKIE, format!("{CHOSEN}={chosen}")));
            assert_eq!(preloads.links(&request.to_http_request()), script(spoken), "{chosen}");
        }
    }

    #[test]
    fn the_policy_names_what_is_written_in_the_page_and_no_file() {
        // The sum of nothing, as every book of hashes has it.
        let nothing = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
        assert_eq!(hashes_of("<script></script><script src=\"/boot.js\"></script>"), nothing);
        assert_ne!(hashes_of("<script>a</script>"), hashes_of("<script>b</script>"));
        assert_eq!(hashes_of("<p>none</p>"), "");
    }

    #[test]
    fn the_first_page_names_files_that_are_there() {
        let Some(first) = page(&TestRequest::get().uri("/u/1").to_http_request(), None) else {
            assert!(std::env::var_os("MERIDIAN_TEST_ALL").is_none(), "the web app is not built");
            return;
        };
        let named: Vec<&str> =
            first.split("\"/_app/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(named.len() > 8, "{named:?}");
        for name in named {
            assert!(Files::get(&format!("_app/{name}")).is_some(), "{name}");
        }
    }

    #[actix_web::test]
    async fn a_script_comes_packed_in_a_way_that_the_browser_takes() {
        let packed = Files::iter().find(|name| name.starts_with(IMMUTABLE) && name.ends_with(".js.br"));
        let Some(packed) = packed else {
            assert!(std::env::var_os("MERIDIAN_TEST_ALL").is_none(), "the web app is not built");
            return;
        };
        let path = packed.trim_end_matches(".br");
        let size = |name: &str| Files::get(name).map(|file| file.data.len()).unwrap();
        let brotli = (Some("br".to_owned()), size(&packed));
        assert_eq!(asked(path, "gzip, deflate, br, zstd").await, brotli);
        assert_eq!(asked(path, "gzip").await, (Some("gzip".to_owned()), size(&format!("{path}.gz"))));
        for none in ["identity", "br;q=0, gzip;q=0"] {
            assert_eq!(asked(path, none).await, (None, size(path)));
        }
    }
}
