/*
 * test.h - the whole unit-test harness
 *
 * A test file has static functions and one table of { "sentence", function };
 * a function missing from the table is an unused-function error.  Output is
 * TAP; the exit status is the result.  A failed CHECK ends its test only.
 *
 *     static void adds(void) { CHECK(1 + 1 == 2); }
 *     TEST_MAIN({"one and one is two", adds})
 */
#ifndef DRYDOCK_TEST_H
#define DRYDOCK_TEST_H

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct test_case {
	const char *sentence;
	void (*run)(void);
};

static jmp_buf test_escape;
static int test_checks;
static const char *test_skipped = "";

__attribute__((unused, noreturn)) static void
test_fail(const char *file, int line, const char *what, const char *got, const char *want)
{
	printf("# %s:%d: %s\n", file, line, what);
	if (want != NULL)
		printf("#   got:  [%s]\n#   want: [%s]\n", got ? got : "(null)", want);
	longjmp(test_escape, 1);
}

#define CHECK(cond) \
	do { \
		test_checks++; \
		if (!(cond)) \
			test_fail(__FILE__, __LINE__, #cond, NULL, NULL); \
	} while (0)

#define CHECK_STR(got, want) \
	do { \
		const char *got_ = (got), *want_ = (want); \
		test_checks++; \
		if (got_ == NULL || strcmp(got_, want_) != 0) \
			test_fail(__FILE__, __LINE__, #got, got_, want_); \
	} while (0)

#define CHECK_INT(got, want) \
	do { \
		long long got_ = (got), want_ = (want); \
		char gs_[32], ws_[32]; \
		snprintf(gs_, sizeof gs_, "%lld", got_); \
		snprintf(ws_, sizeof ws_, "%lld", want_); \
		test_checks++; \
		if (got_ != want_) \
			test_fail(__FILE__, __LINE__, #got, gs_, ws_); \
	} while (0)

/* Leave the test as skipped, with the reason. */
#define SKIP(reason) \
	do { \
		test_skipped = (reason); \
		longjmp(test_escape, 2); \
	} while (0)

static int
test_run_all(const struct test_case *cases, size_t count)
{
	volatile int failed = 0; /* it outlives a longjmp */

	printf("1..%zu\n", count);
	for (size_t i = 0; i < count; i++) {
		int how;

		test_checks = 0;
		how = setjmp(test_escape);
		if (how == 0) {
			cases[i].run();
			if (test_checks == 0) {
				printf("# it asserts nothing\n");
				how = 1;
			}
		}
		if (how == 2)
			printf("ok %zu - %s # SKIP %s\n", i + 1, cases[i].sentence,
			    test_skipped);
		else
			printf("%s %zu - %s\n", how ? "not ok" : "ok", i + 1,
			    cases[i].sentence);
		failed = failed + (how == 1);
		fflush(stdout);
	}
	return failed > 0;
}

#define TEST_MAIN(...) \
	int main(void) \
	{ \
		static const struct test_case all[] = {__VA_ARGS__}; \
		return test_run_all(all, sizeof all / sizeof all[0]); \
	}

#endif
