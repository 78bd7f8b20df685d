/*
 * profile.c - a seccomp profile in Docker's JSON as a table of system calls
 *
 * The format: docs.docker.com, "Seccomp security profiles for Docker"; what includes and
 * excludes mean: moby, profiles/seccomp/seccomp_linux.go.
 */
#include "sandbox/runtime/profile.h"
#include "sandbox/runtime/runtime.h"
#include <sys/utsname.h>

static const struct {
	const char *name;
	uint32_t value;
} actions[] = {{"SCMP_ACT_ALLOW", SECCOMP_RET_ALLOW}, {"SCMP_ACT_LOG", SECCOMP_RET_LOG},
    {"SCMP_ACT_ERRNO", SECCOMP_RET_ERRNO}, {"SCMP_ACT_TRAP", SECCOMP_RET_TRAP},
    {"SCMP_ACT_KILL", SECCOMP_RET_KILL_THREAD},
    {"SCMP_ACT_KILL_THREAD", SECCOMP_RET_KILL_THREAD},
    {"SCMP_ACT_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS},
    {"SCMP_ACT_TRACE", SECCOMP_RET_TRACE}};

static const char *const ops[] = {[OP_NE] = "SCMP_CMP_NE",
    [OP_LT] = "SCMP_CMP_LT",
    [OP_LE] = "SCMP_CMP_LE",
    [OP_EQ] = "SCMP_CMP_EQ",
    [OP_GE] = "SCMP_CMP_GE",
    [OP_GT] = "SCMP_CMP_GT",
    [OP_MASKED] = "SCMP_CMP_MASKED_EQ"};

static int
read_action(
    const json_t *o, const char *key, const char *number, uint32_t *ret, struct err *err)
{
	const char *name = json_get_str(o, key, "");

	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		if (!str_eq(name, actions[i].name))
			continue;
		*ret = actions[i].value;
		if (*ret == SECCOMP_RET_ERRNO)
			*ret |= (uint32_t)json_get_int(o, number, EPERM) & 0xfff;
		return 0;
	}
	return err_set(err, ERR_INPUT, "seccomp: action '%s' is unknown", name);
}

static bool
kernel_at_least(const char *text)
{
	struct utsname u;
	int want[2] = {0, 0}, have[2] = {0, 0};

	uname(&u);
	sscanf(text, "%d.%d", &want[0], &want[1]);
	sscanf(u.release, "%d.%d", &have[0], &have[1]);
	return have[0] != want[0] ? have[0] > want[0] : have[1] >= want[1];
}

static bool
is_our_machine(const char *arch)
{
#if defined(__x86_64__)
	return str_eq(arch, "amd64");
#else
	return str_eq(arch, "arm64");
#endif
}

/* Does what "includes" names hold altogether, or ("excludes") one of it? */
static bool
holds(const json_t *o, uint64_t caps, bool one)
{
	const json_t *arches = json_object_get(o, "arches"),
		     *names = json_object_get(o, "caps");
	const char *kernel = json_get_str(o, "minKernel", NULL);
	bool ours = false, any = false, every = true;
	size_t i;
	json_t *v;

	json_array_foreach(arches, i, v) ours |= is_our_machine(json_string_value(v));
	json_array_foreach(names, i, v)
	{
		int cap = runtime_capability(json_string_value(v));
		bool has = cap >= 0 && (caps >> cap & 1);

		any |= has;
		every &= has;
	}
	if (one)
		return ours || any || (kernel != NULL && kernel_at_least(kernel));
	return (json_array_size(arches) == 0 || ours) && every &&
	       (kernel == NULL || kernel_at_least(kernel));
}

static int
read_tests(const json_t *args, struct filter_rule *r, struct err *err)
{
	size_t i, k;
	json_t *a;

	if (json_array_size(args) > ARRAY_LEN(r->tests))
		return err_set(err, ERR_INPUT, "seccomp: too many conditions");
	json_array_foreach(args, i, a)
	{
		struct filter_test *t = &r->tests[r->ntests++];
		const char *op = json_get_str(a, "op", "");

		for (k = 0; k < ARRAY_LEN(ops) && !str_eq(op, ops[k]); k++)
			;
		t->arg = (int)json_get_int(a, "index", -1);
		if (k == ARRAY_LEN(ops) || t->arg < 0 || t->arg > 5)
			return err_set(
			    err, ERR_INPUT, "seccomp: condition '%s' is unknown", op);
		t->op = (enum filter_op)k;
		t->value = (uint64_t)json_get_int(a, "value", 0);
		t->masked = (uint64_t)json_get_int(a, "valueTwo", 0);
	}
	return 0;
}

/* Behind the rules that the call has already, or in place of what it had. */
static int
add_rule(struct profile *p, int nr, const struct filter_rule *rule, struct err *err)
{
	uint32_t *at = &p->table[nr];
	struct filter_rule *last = NULL;

	if (rule->ntests == 0) {
		*at = rule->result;
		return 0;
	}
	if (p->nrules == FILTER_MAX_RULES)
		return err_set(err, ERR_LIMIT, "seccomp: the profile is too long");
	p->rules[p->nrules] = *rule;
	p->rules[p->nrules].next = -1;
	p->rules[p->nrules].otherwise = p->fallback;
	if (*at >= FILTER_RULES && *at < FILTER_RULES + FILTER_MAX_RULES) {
		last = &p->rules[*at - FILTER_RULES];
		while (last->next >= 0)
			last = &p->rules[last->next];
		last->next = p->nrules;
	} else if (*at == p->fallback) {
		*at = FILTER_RULES + (uint32_t)p->nrules;
	} else {
		return 0; /* a rule without conditions stands there */
	}
	p->nrules++;
	return 0;
}

static int
add_named(struct profile *p, const struct filter_name *names, size_t n, const char *name,
    const struct filter_rule *rule, struct err *err)
{
	for (size_t i = 0; name != NULL && i < n; i++)
		if (str_eq(name, names[i].name))
			return add_rule(p, names[i].nr, rule, err);
	return 0; /* of another machine */
}

static int
add_group(struct profile *p, const struct filter_name *names, size_t n, const json_t *o,
    uint64_t caps, struct err *err)
{
	struct filter_rule rule = {.ntests = 0};
	const json_t *list = json_object_get(o, "names");
	size_t i;
	json_t *v;

	if (!holds(json_object_get(o, "includes"), caps, false) ||
	    holds(json_object_get(o, "excludes"), caps, true))
		return 0;
	if (read_action(o, "action", "errnoRet", &rule.result, err) < 0 ||
	    read_tests(json_object_get(o, "args"), &rule, err) < 0)
		return -1;
	if (add_named(p, names, n, json_get_str(o, "name", NULL), &rule, err) < 0)
		return -1;
	json_array_foreach(list, i, v)
	{
		if (add_named(p, names, n, json_string_value(v), &rule, err) < 0)
			return -1;
	}
	return 0;
}

int
profile_read(struct profile *p, const char *text, const struct filter_name *names,
    size_t nnames, uint64_t caps, struct err *err)
{
	cleanup_json json_t *j = json_loads(text, 0, NULL);
	size_t i;
	json_t *o;

	if (!json_is_object(j))
		return err_set(err, ERR_INPUT, "decoding seccomp profile failed");
	if (read_action(j, "defaultAction", "defaultErrnoRet", &p->fallback, err) < 0)
		return -1;
	for (i = 0; i < FILTER_CALLS; i++)
		if (p->table[i] != FILTER_NOSYS || p->fallback == FILTER_ALLOW)
			p->table[i] = p->fallback;
	json_array_foreach(json_object_get(j, "syscalls"), i, o)
	{
		if (add_group(p, names, nnames, o, caps, err) < 0)
			return -1;
	}
	return 0;
}
