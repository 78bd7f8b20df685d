/*
 * filter.c - a table of system calls as classic BPF
 *
 * A filter is loaded at each start of a container, and its size is what that costs: a
 * binary search over ranges of numbers (about 200 instructions; libseccomp's export has
 * more than a thousand).
 */
#include "sandbox/runtime/filter.h"
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/sched.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/stat.h>

#if defined(__x86_64__)
#define ARCH_AUDIT AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH_AUDIT AUDIT_ARCH_AARCH64
#else
#error "the filter knows x86-64 and arm64"
#endif

struct program {
	struct sock_filter *code;
	const struct filter_rule *rules;
	int len;
	bool full;
};

struct range {
	unsigned from;
	uint32_t action;
};

static int
emit(struct program *p, struct sock_filter f)
{
	if (p->len == FILTER_CODE) {
		p->full = true;
		return 0;
	}
	p->code[p->len] = f;
	return p->len++;
}

static void
load(struct program *p, size_t offset)
{
	emit(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset));
}

static void
ret(struct program *p, uint32_t value)
{
	emit(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, value));
}

static int
jump(struct program *p, unsigned op, uint32_t k, unsigned char yes, unsigned char no)
{
	return emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | op | BPF_K, k, yes, no));
}

static size_t
arg(int n)
{
	return offsetof(struct seccomp_data, args) + (size_t)n * 8;
}

/* ---- rules with conditions of a profile -------------------------------------------- */

/* The places that are to jump to the end of the rule. */
struct holes {
	int at[64], n;
};

/* Jumps over the next two unless the test holds: what does not hold goes on to a long
 * jump that is filled in later. */
static void
unless(struct program *p, struct holes *out, unsigned op, uint32_t k, bool wanted)
{
	jump(p, op, k, wanted ? 1 : 0, wanted ? 0 : 1);
	if (out->n < 64)
		out->at[out->n++] =
		    emit(p, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 0));
}

static void
fill(struct program *p, const struct holes *h)
{
	for (int i = 0; i < h->n; i++)
		p->code[h->at[i]].k = (unsigned)(p->len - h->at[i] - 1);
}

static void
masked(struct program *p, uint32_t mask)
{
	emit(p, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask));
}

/* op of 64 bits by halves; the machines we know are little endian.  Greater and less: the
 * high halves decide unless they are equal. */
static void
test(struct program *p, struct holes *out, const struct filter_test *t)
{
	uint32_t high = (uint32_t)(t->value >> 32), low = (uint32_t)t->value;
	bool more = t->op == OP_GT || t->op == OP_GE;
	bool wanted = more || t->op == OP_EQ;
	size_t at = arg(t->arg);

	if (t->op == OP_MASKED) {
		load(p, at + 4);
		masked(p, high);
		unless(p, out, BPF_JEQ, (uint32_t)(t->masked >> 32), true);
		load(p, at);
		masked(p, low);
		unless(p, out, BPF_JEQ, (uint32_t)t->masked, true);
	} else if (t->op == OP_EQ) {
		load(p, at + 4);
		unless(p, out, BPF_JEQ, high, true);
		load(p, at);
		unless(p, out, BPF_JEQ, low, true);
	} else if (t->op == OP_NE) { /* a different high half suffices */
		load(p, at + 4);
		jump(p, BPF_JEQ, high, 0, 3);
		load(p, at);
		unless(p, out, BPF_JEQ, low, false);
	} else {
		load(p, at + 4);
		jump(p, BPF_JEQ, high, 2, 0);
		unless(p, out, BPF_JGT, high, wanted);
		/* equal: on to the low half; else (here) over it, the test holds */
		jump(p, BPF_JEQ, high, 0, 3);
		load(p, at);
		unless(p, out, t->op == OP_GT || t->op == OP_LE ? BPF_JGT : BPF_JGE, low,
		    wanted);
	}
}

static void
chain(struct program *p, int i)
{
	const struct filter_rule *r = &p->rules[i];

	for (;;) {
		struct holes out = {.n = 0};

		for (int k = 0; k < r->ntests; k++)
			test(p, &out, &r->tests[k]);
		ret(p, r->result);
		fill(p, &out);
		if (r->next < 0)
			break;
		r = &p->rules[r->next];
	}
	ret(p, r->otherwise);
}

/* ---- the rules that are always there ------------------------------------------------
 */

/* The argument's low half; the flags looked at lie in it. */
static void
by_bits(struct program *p, int n, uint32_t bits, uint32_t set, uint32_t clear)
{
	load(p, arg(n));
	jump(p, BPF_JSET, bits, 0, 1);
	ret(p, set);
	ret(p, clear);
}

static void
by_value(struct program *p, int n, const uint32_t *values, int count, uint32_t in,
    uint32_t out)
{
	load(p, arg(n));
	for (int i = 0; i < count; i++)
		jump(p, BPF_JEQ, values[i], (unsigned char)(count - i), 0);
	ret(p, out);
	ret(p, in);
}

/* Of the mode at argument n. */
static void
by_device(struct program *p, int n)
{
	load(p, arg(n));
	masked(p, S_IFMT);
	jump(p, BPF_JEQ, S_IFCHR, 2, 0);
	jump(p, BPF_JEQ, S_IFBLK, 1, 0);
	ret(p, FILTER_ALLOW);
	ret(p, FILTER_NOTIFY);
}

static void
leaf(struct program *p, uint32_t action)
{
	static const uint32_t persons[] = {0x0, 0x8, 0x20000, 0x20008, 0xffffffff};
	static const uint32_t families[] = {38, 40}; /* AF_ALG, AF_VSOCK */
	static const uint32_t limit[] = {RLIMIT_LOCKS};

	switch (action) {
	case FILTER_CLONE:
		by_bits(p, 0,
		    CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
			CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP,
		    FILTER_DENY, FILTER_ALLOW);
		break;
	case FILTER_PERSON: by_value(p, 0, persons, 5, FILTER_ALLOW, FILTER_DENY); break;
	case FILTER_SOCKET: by_value(p, 0, families, 2, FILTER_DENY, FILTER_ALLOW); break;
	case FILTER_OPEN:
	case FILTER_OPENAT:
		by_bits(p, action == FILTER_OPEN ? 1 : 2,
		    O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY),
		    FILTER_NOTIFY, FILTER_ALLOW);
		break;
	case FILTER_SETLIM:
		by_value(p, 0, limit, 1, SECCOMP_RET_ERRNO, FILTER_ALLOW);
		break;
	case FILTER_GETLIM:
	case FILTER_PRLIMIT:
		by_value(
		    p, action == FILTER_PRLIMIT, limit, 1, FILTER_NOTIFY, FILTER_ALLOW);
		break;
	case FILTER_MKNOD: by_device(p, 1); break;
	case FILTER_MKNODAT: by_device(p, 2); break;
	default:
		if (action >= FILTER_RULES && action < FILTER_RULES + FILTER_MAX_RULES)
			chain(p, (int)action - FILTER_RULES);
		else
			ret(p, action);
	}
}

/* Numbers first..last are decided by r[lo..hi]; a jump over half a tree may not fit in 8
 * bits: a long jump (BPF_JA) reaches anywhere. */
static void
search(struct program *p, const struct range *r, int lo, int hi)
{
	int mid = (lo + hi + 1) / 2, over;

	if (lo == hi) {
		leaf(p, r[lo].action);
		return;
	}
	jump(p, BPF_JGE, r[mid].from, 0, 1);
	over = emit(p, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 0));
	search(p, r, lo, mid - 1);
	p->code[over].k = (unsigned)(p->len - over - 1);
	/* each leaf of the low half returns, so falling through cannot happen */
	search(p, r, mid, hi);
}

/* A chain lets through to `over` what it lets through. */
static void
chain_over(struct filter_rule *rules, int i, uint32_t over)
{
	uint32_t ask = over == FILTER_NOSYS ? over : FILTER_NOTIFY;

	for (; i >= 0; i = rules[i].next) {
		if (rules[i].result == FILTER_ALLOW)
			rules[i].result = ask;
		if (rules[i].otherwise == FILTER_ALLOW)
			rules[i].otherwise = ask;
	}
}

void
filter_over(uint32_t *table, struct filter_rule *rules, const uint32_t *over)
{
	for (int i = 0; i < FILTER_CALLS; i++) {
		uint32_t a = table[i];

		if (over[i] == FILTER_AS_IS)
			continue;
		if (a >= FILTER_RULES && a < FILTER_RULES + FILTER_MAX_RULES)
			chain_over(rules, (int)a - FILTER_RULES, over[i]);
		else if (a == FILTER_ALLOW || a == SECCOMP_RET_LOG)
			table[i] = over[i];
	}
}

int
filter_compile(
    const uint32_t *table, const struct filter_rule *rules, struct sock_filter *code)
{
	struct program p = {.code = code, .rules = rules};
	struct range r[FILTER_CALLS + 1];
	int n = 0;

	load(&p, offsetof(struct seccomp_data, arch));
	jump(&p, BPF_JEQ, ARCH_AUDIT, 1, 0);
	ret(&p, FILTER_NOSYS); /* other ABIs of the same CPU do not exist here */
	load(&p, offsetof(struct seccomp_data, nr));
	for (unsigned i = 0; i < FILTER_CALLS; i++)
		if (n == 0 || table[i] != r[n - 1].action)
			r[n++] = (struct range){i, table[i]};
	if (r[n - 1].action != FILTER_NOSYS)
		r[n++] = (struct range){FILTER_CALLS, FILTER_NOSYS};
	search(&p, r, 0, n - 1);
	return p.full ? -1 : p.len;
}
