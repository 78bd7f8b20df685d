/*
 * pages.c - the hub for a browser: what is in it, in plain HTML
 *
 * No script and nothing from outside; everything from a repository is escaped.
 */
#include "sandbox/hub/private.h"
#include <stdlib.h>

static const char head[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
    "<title>%s</title><style>"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;"
    "padding:0 1rem;color:#1a2733;background:#fff}"
    "a{color:#0b5cad}table{border-collapse:collapse;width:100%%}"
    "th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #c8d2dc;"
    "vertical-align:top}td.n{text-align:right;white-space:nowrap}"
    "code,pre{background:#eef2f6;padding:.1rem .3rem;overflow-wrap:anywhere}"
    "label{display:block;margin:.6rem 0}"
    "@media(prefers-color-scheme:dark){body{color:#dde6ee;background:#12181e}"
    "a{color:#7db8f0}code,pre{background:#222c36}th,td{border-color:#394653}}"
    "</style><nav><a href=\"/\">Repositories</a> &middot; "
    "<a href=\"/signup\">Sign up</a></nav><main>";
static const char foot[] =
    "</main><hr><p>The hub of Drydock, on this machine. It is no part of Docker Hub.</p>"
    "</html>";

static void
add_escaped(struct buf *b, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '<': buf_adds(b, "&lt;"); break;
		case '>': buf_adds(b, "&gt;"); break;
		case '&': buf_adds(b, "&amp;"); break;
		case '"': buf_adds(b, "&quot;"); break;
		default: buf_addc(b, *text);
		}
	}
}

static struct buf *
begin_page(struct request *q, int status, const char *title)
{
	cleanup_buf struct buf safe = BUF_INIT(BODY_MAX);
	struct buf *b = &q->answer.body;

	add_escaped(&safe, title);
	buf_clear(b);
	buf_addf(b, head, safe.s);
	buf_addf(b, "<h1>%s</h1>", safe.s);
	q->answer.status = status;
	q->answer.type = "text/html; charset=utf-8";
	answer_header(q, "Content-Security-Policy",
	    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'");
	return b;
}

static void
add_size(struct buf *b, int64_t bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	double n = (double)bytes;
	size_t i = 0;

	for (; n >= 1000 && i + 1 < ARRAY_LEN(units); i++)
		n /= 1000;
	buf_addf(b, i == 0 ? "%.0f%s" : "%.3g%s", n, units[i]);
}

/* ---- the front page
 * ------------------------------------------------------------------------ */

void
page_front(struct request *q)
{
	cleanup_vec struct vec names = VEC_INIT;
	struct err err = ERR_INIT;
	struct buf *b;

	if (hub_repositories(q->hub->dir, &names, &err) < 0) {
		answer_fault(q, &err);
		return;
	}
	b = begin_page(q, 200, "Repositories");
	if (names.len == 0)
		buf_adds(b, "<p>Nothing has been pushed yet. In the shell: "
			    "<code>docker tag my-app YOU/my-app</code>, then "
			    "<code>docker push YOU/my-app</code>.</p>");
	else
		buf_adds(b, "<table><tr><th>Repository<th>Tags</tr>");
	for (size_t i = 0; i < names.len; i++) {
		cleanup_json json_t *repo = repo_load(q->hub, names.v[i]);

		buf_addf(b, "<tr><td><a href=\"/r/%s\">%s</a><td class=\"n\">%zu</tr>",
		    names.v[i], names.v[i],
		    json_object_size(json_object_get(repo, "tags")));
	}
	if (names.len > 0)
		buf_adds(b, "</table>");
	buf_adds(b, foot);
}

/* ---- one repository
 * ------------------------------------------------------------------------ */

/* The instruction of each layer, from the config's history. */
static void
add_layers(struct request *q, struct buf *b, const struct image_manifest *m,
    const struct image_config *c)
{
	size_t layer = 0;

	(void)q;
	buf_adds(b, "<table><tr><th>#<th>Size<th>Instruction</tr>");
	for (size_t i = 0; i < c->nhistory; i++) {
		const struct image_history *h = &c->history[i];

		buf_addf(b, "<tr><td class=\"n\">%zu<td class=\"n\">", i + 1);
		if (!h->empty_layer && layer < m->nlayers)
			add_size(b, m->layers[layer++].size);
		else
			buf_adds(b, "0B");
		buf_adds(b, "<td><code>");
		add_escaped(b, h->created_by != NULL ? h->created_by : "");
		buf_adds(b, "</code></tr>");
	}
	buf_adds(b, "</table>");
}

static void
add_tag(struct request *q, struct buf *b, const char *tag, const char *hex)
{
	cleanup_image_manifest struct image_manifest m = IMAGE_MANIFEST_INIT;
	cleanup_image_config struct image_config c = IMAGE_CONFIG_INIT;
	cleanup_buf struct buf bytes = BUF_INIT(IMAGE_JSON_MAX);
	struct err ignored = ERR_INIT;
	int64_t size = 0;

	buf_addf(b, "<h2>%s</h2><p>Pull it: <code>docker pull %s:%s</code></p>", tag,
	    q->name, tag);
	buf_addf(b, "<p>Digest: <code>sha256:%s</code></p>", hex);
	if (store_read_blob(q->hub->store, hex, &bytes, &ignored) < 0 ||
	    image_manifest_decode(bytes.s, bytes.len, &m, &ignored) < 0 ||
	    store_read_config(
		q->hub->store, image_digest_hex(m.config.digest), &c, &ignored) < 0) {
		buf_adds(b, "<p>An index of several images.</p>");
		return;
	}
	for (size_t i = 0; i < m.nlayers; i++)
		size += m.layers[i].size;
	buf_adds(b, "<p>Compressed size: ");
	add_size(b, size);
	buf_addf(b, " in %zu layers</p>", m.nlayers);
	add_layers(q, b, &m, &c);
}

void
page_repository(struct request *q)
{
	cleanup_json json_t *repo = repo_load(q->hub, q->name);
	const char *tag;
	struct buf *b;
	json_t *hex;

	if (!repo_exists(q->hub, q->name)) {
		b = begin_page(q, 404, "No such repository");
		buf_adds(b, foot);
		return;
	}
	b = begin_page(q, 200, q->name);
	json_object_foreach(json_object_get(repo, "tags"), tag, hex)
	    add_tag(q, b, tag, json_string_value(hex));
	buf_adds(b, foot);
}

/* ---- signing up
 * ---------------------------------------------------------------------------- */

static void
show_form(struct request *q, int status, const char *complaint)
{
	struct buf *b = begin_page(q, status, "Sign up");

	if (complaint != NULL) {
		buf_adds(b, "<p role=\"alert\"><strong>");
		add_escaped(b, complaint);
		buf_adds(b, "</strong></p>");
	}
	buf_adds(b,
	    "<p>An account of this hub, on this machine. Do not use a password that you "
	    "use elsewhere.</p><form method=\"post\" action=\"/signup\">"
	    "<label>Username <input name=\"user\" required pattern=\"[a-z0-9]{2,30}\" "
	    "autocomplete=\"off\"></label>"
	    "<label>Password <input name=\"password\" type=\"password\" required></label>"
	    "<button>Sign up</button></form>");
	buf_adds(b, foot);
}

void
page_signup(struct request *q)
{
	show_form(q, 200, NULL);
}

static int
hex_digit(char c)
{
	const char *p = c != '\0' ? strchr("0123456789abcdef", c | 0x20) : NULL;

	return p != NULL ? (int)(p - "0123456789abcdef") : -1;
}

/* A field of an urlencoded form.  Gives, or NULL. */
static char *
form_field(const struct buf *form, const char *name)
{
	cleanup_vec struct vec pairs = VEC_INIT;
	cleanup_buf struct buf b = BUF_INIT(BODY_MAX);
	const char *value = NULL;

	vec_split(&pairs, form->s, "&");
	for (size_t i = 0; i < pairs.len; i++) {
		const char *rest = str_after(pairs.v[i], name);

		if (rest != NULL && *rest == '=')
			value = rest + 1;
	}
	for (; value != NULL && *value != '\0'; value++) {
		int high = *value == '%' ? hex_digit(value[1]) : -1;
		int low = high >= 0 ? hex_digit(value[2]) : -1;

		if (low >= 0) {
			buf_addc(&b, (char)(high << 4 | low));
			value += 2;
		} else {
			buf_addc(&b, *value == '+' ? ' ' : *value);
		}
	}
	return value != NULL ? buf_take(&b) : NULL;
}

void
page_signed_up(struct request *q)
{
	cleanup_free char *user = form_field(&q->body, "user"),
			  *password = form_field(&q->body, "password");
	struct err err = ERR_INIT;
	struct buf *b;

	if (user == NULL || password == NULL) {
		show_form(q, 400, "The form is incomplete.");
		return;
	}
	if (hub_account_add(q->hub->dir, user, password, &err) < 0) {
		show_form(q, err.kind == ERR_SYS ? 500 : 400, err.text);
		return;
	}
	b = begin_page(q, 200, "Welcome");
	buf_addf(b,
	    "<p>The account <strong>%s</strong> is made. In the shell: "
	    "<code>docker login -u %s</code></p>",
	    user, user);
	buf_adds(b, foot);
}
