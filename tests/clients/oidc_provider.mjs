// An OpenID Connect provider (oidc-provider) without pages: who is to sign in next, and what is to be wrong with the
// ID token, comes as a line of JSON on stdin and is answered with `done`. It ends with its stdin.
import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import http from 'node:http';
import { createInterface } from 'node:readline';
import { Provider } from 'oidc-provider';

const SECRET = process.env.CLIENT_SECRET;
const people = new Map();
let plan = {};
let answer;

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const [own, foreign] = [pair(), pair()];
const key = { ...own.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' };

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The provider's ID token with other claims, signed as is asked for. */
function forged(token, { claims = {}, by = 'own' }) {
  const told = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  const alg = { own: 'RS256', foreign: 'RS256', none: 'none', secret: 'HS256' }[by];
  const text = `${part({ alg, kid: 'one' })}.${part({ ...told, ...claims })}`;
  if (by === 'none') return `${text}.`;
  const signature =
    by === 'secret'
      ? createHmac('sha256', SECRET).update(text).digest()
      : sign('sha256', Buffer.from(text), by === 'own' ? own : foreign);
  return `${text}.${signature.toString('base64url')}`;
}

function provider(issuer, redirect) {
  const made = new Provider(issuer, {
    clients: [{ client_id: 'meridian', client_secret: SECRET, redirect_uris: [redirect] }],
    jwks: { keys: [key] },
    cookies: { keys: [randomUUID()] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people.get(sub) }) }),
    // Nobody is asked whether Meridian may know them.
    async loadExistingGrant(ctx) {
      const { client, session } = ctx.oidc;
      const grant = new made.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  made.use(async (ctx, next) => {
    await next();
    if (plan.forge && ctx.body?.id_token) ctx.body.id_token = forged(ctx.body.id_token, plan.forge);
  });
  const callback = made.callback();
  return (req, res) => {
    if (!req.url.startsWith('/interaction/')) return callback(req, res);
    const login = { accountId: plan.sub };
    return made.interactionFinished(req, res, { login }, { mergeWithLastSubmission: false });
  };
}

const server = http.createServer((req, res) => answer(req, res));
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const { redirect, sub, claims, forge } = JSON.parse(line);
    if (redirect) answer = provider(issuer, redirect);
    if (sub) people.set(sub, claims);
    plan = { sub, forge };
    console.log('done');
  });
  lines.on('close', () => process.exit(0));
  console.log(`issuer ${issuer}`);
});
