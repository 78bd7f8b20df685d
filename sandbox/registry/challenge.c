/*
 * challenge.c - what a registry asks for before it answers.  Pure
 */
#include "sandbox/registry/private.h"
#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

void
challenge_done(struct challenge *c)
{
	free(c->realm);
	free(c->service);
	free(c->scope);
	free(c->error);
	free(c->description);
	*c = (struct challenge){.bearer = false};
}

static const char *
skip_blanks(const char *p)
{
	return p + strspn(p, " \t,");
}

/* A token or a quoted string behind "name="; moves *p behind it.  Gives. */
static char *
read_value(const char **p)
{
	cleanup_buf struct buf b = BUF_INIT(REPLY_MAX);
	const char *s = *p;

	if (*s != '"') {
		size_t n = strcspn(s, " \t,");

		*p = s + n;
		return xstrndup(s, n);
	}
	for (s++; *s != '\0' && *s != '"'; s++) {
		if (*s == '\\' && s[1] != '\0')
			s++;
		buf_addc(&b, *s);
	}
	*p = *s == '"' ? s + 1 : s;
	return buf_take(&b);
}

static void
set_member(struct challenge *c, const char *name, size_t len, char *value)
{
	const struct {
		const char *name;
		char **member;
	} all[] = {{"realm", &c->realm}, {"service", &c->service}, {"scope", &c->scope},
	    {"error", &c->error}, {"error_description", &c->description}};

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		if (strlen(all[i].name) != len ||
		    strncasecmp(name, all[i].name, len) != 0)
			continue;
		free(*all[i].member);
		*all[i].member = value;
		return;
	}
	free(value);
}

bool
challenge_parse(const char *header, struct challenge *ret)
{
	const char *p = skip_blanks(header);

	challenge_done(ret);
	while (*p != '\0') {
		size_t n = strcspn(p, " \t,=");

		if (p[n] == '=') { /* name=value of the scheme before */
			const char *name = p;

			p += n + 1;
			set_member(ret, name, n, read_value(&p));
		} else {
			bool bearer = n == 6 && strncasecmp(p, "bearer", n) == 0;
			bool basic = n == 5 && strncasecmp(p, "basic", n) == 0;

			if (ret->bearer && basic)
				return true; /* the better one came first */
			challenge_done(ret);
			ret->bearer = bearer;
			ret->basic = basic;
			p += n > 0 ? n : 1;
		}
		p = skip_blanks(p);
	}
	return (ret->bearer && ret->realm != NULL) || ret->basic;
}
