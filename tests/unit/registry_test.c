/*
 * registry_test.c - what registries ask for, and where credentials go
 */
#include "sandbox/registry/private.h"
#include "tests/unit/test.h"

static void
challenges_are_read(void)
{
	struct challenge c = {.bearer = false};

	CHECK(
	    challenge_parse("Bearer realm=\"https://auth.example/token\",service=\"reg\","
			    "scope=\"repository:a/b:pull,push\"",
		&c));
	CHECK(c.bearer);
	CHECK_STR(c.realm, "https://auth.example/token");
	CHECK_STR(c.service, "reg");
	CHECK_STR(c.scope, "repository:a/b:pull,push");
	CHECK(challenge_parse("basic realm=\"the \\\"place\\\"\"", &c));
	CHECK(c.basic && !c.bearer);
	CHECK_STR(c.realm, "the \"place\"");
	challenge_done(&c);
}

static void
the_better_one_stands(void)
{
	struct challenge c = {.bearer = false};

	CHECK(challenge_parse("Bearer realm=\"r\", Basic realm=\"b\"", &c));
	CHECK(c.bearer);
	CHECK_STR(c.realm, "r");
	CHECK(challenge_parse("Negotiate, Basic realm=\"b\"", &c));
	CHECK(c.basic);
	challenge_done(&c);
}

static void
nonsense_is_none(void)
{
	static const char *const all[] = {
	    "", "Negotiate", "Bearer", "Bearer service=x", "=\"", "Bearer realm", ",,,"};
	struct challenge c = {.bearer = false};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		CHECK(!challenge_parse(all[i], &c));
	challenge_done(&c);
}

static void
hosts_are_compared_whole(void)
{
	CHECK(http_same_host("https://a.example/x", "https://A.example/y?z"));
	CHECK(!http_same_host("https://a.example/x", "http://a.example/x"));
	CHECK(!http_same_host("https://a.example/x", "https://a.example:8443/x"));
	CHECK(!http_same_host("https://a.example/x", "https://a.example.evil/x"));
	CHECK(!http_same_host("nonsense", "nonsense"));
}

static void
answers_have_words(void)
{
	struct http_reply r = HTTP_REPLY_INIT;
	struct err err = ERR_INIT;

	r.status = 404;
	buf_adds(&r.body, "{\"errors\":[{\"code\":\"NAME_UNKNOWN\",\"message\":\"\"}]}");
	CHECK_INT(reply_error(&r, &err), -1);
	CHECK_STR(err.text, "name unknown: repository name not known to registry");
	CHECK_INT(err.kind, ERR_NOT_FOUND);
	http_reply_done(&r);
	r.status = 401;
	vec_add(&r.challenges, "Bearer realm=\"r\",error=\"insufficient_scope\"");
	CHECK_INT(reply_error(&r, &err), -1);
	CHECK_STR(err.text, "denied: requested access to the resource is denied");
	http_reply_done(&r);
	r.status = 429;
	CHECK_INT(reply_error(&r, &err), -1);
	CHECK_STR(err.text, "toomanyrequests: too many requests");
	http_reply_done(&r);
	r.status = 502;
	CHECK_INT(reply_error(&r, &err), -1);
	CHECK_STR(err.text, "received unexpected HTTP status: 502");
	http_reply_done(&r);
}

TEST_MAIN({"challenges are read", challenges_are_read},
    {"the better of two challenges stands", the_better_one_stands},
    {"nonsense is no challenge", nonsense_is_none},
    {"hosts are compared whole", hosts_are_compared_whole},
    {"an answer that is no success has the engine's words", answers_have_words})
