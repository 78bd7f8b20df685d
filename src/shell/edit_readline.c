/*
 * edit_readline.c - the only file that knows readline
 *
 * readline keeps its state in globals and calls back without an argument, so there is
 * one reader at a time and one static pointer to it.
 */
#include "src/shell/edit.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>
/* after stdio.h */
#include <readline/history.h>
#include <readline/readline.h>

enum { HISTORY_MAX = 2000 };

struct reader {
	struct edit edit;
	struct edit_hooks hooks;
	char *history;
	char *line;
	bool done;
	int ends;         /* a signal that ends us has come */
	struct buf ahead; /* keys typed before the prompt was there */
	struct vec matches;
	size_t match;
};

static struct reader *the_reader;

static void
line_done(char *line)
{
	the_reader->line = line;
	the_reader->done = true;
	rl_callback_handler_remove();
}

static char *
next_match(const char *word, int state)
{
	struct reader *r = the_reader;

	(void)word;
	if (state == 0)
		r->match = 0;
	return r->match < r->matches.len ? strdup(r->matches.v[r->match++]) : NULL;
}

/* Is the character at `at` behind a backslash that counts? */
static int
is_escaped(char *line, int at)
{
	int n = 0;

	while (n < at && line[at - n - 1] == '\\')
		n++;
	return n % 2;
}

/* The word without its backslashes.  Gives; free(). */
static char *
unescaped(const char *word)
{
	char *text = xstrdup(word), *to = text;

	for (; *word != '\0'; word++) {
		if (*word == '\\' && word[1] != '\0')
			word++;
		*to++ = *word;
	}
	*to = '\0';
	return text;
}

/* As it may be typed outside of quotes.  Gives; free(). */
static char *
escaped(const char *name)
{
	struct buf b = BUF_INIT(BUF_OURS);

	for (; *name != '\0'; name++) {
		if (strchr(" \t\"'\\<>;|&()$`*?[]{}#!", *name) != NULL)
			buf_addc(&b, '\\');
		buf_addc(&b, *name);
	}
	return buf_take(&b);
}

static char **
complete(const char *word, int start, int end)
{
	struct reader *r = the_reader;
	bool quoted = rl_completion_quote_character != '\0';
	cleanup_free char *plain = quoted ? xstrdup(word) : unescaped(word);
	cleanup_vec struct vec names = VEC_INIT;

	(void)end;
	rl_attempted_completion_over = 1;
	vec_done(&r->matches);
	r->hooks.complete(r->hooks.arg, rl_line_buffer, (size_t)start, plain, &names);
	for (size_t i = 0; i < names.len; i++)
		vec_take(&r->matches, quoted ? xstrdup(names.v[i]) : escaped(names.v[i]));
	if (names.len == 1 && str_ends(names.v[0], "/")) {
		rl_completion_suppress_append = 1;
		rl_completion_suppress_quote = 1;
	}
	return rl_completion_matches(word, next_match);
}

/* What a background job prints stands above the line that is being typed. */
static void
print_aside(struct reader *r)
{
	rl_clear_visible_line();
	fflush(rl_outstream);
	r->hooks.idle(r->hooks.arg);
	rl_on_new_line();
	rl_redisplay();
}

/* True on Ctrl-C, and on what ends us: the line is given up. */
static bool
take_signal(struct reader *r, int signals)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof info) != sizeof info)
		return false;
	if (info.ssi_signo == SIGWINCH) {
		rl_resize_terminal();
		return false;
	}
	if (info.ssi_signo != SIGINT)
		r->ends = (int)info.ssi_signo;
	return true;
}

/* Before readline lets the terminal go: that moves the cursor. */
static void
give_up(struct reader *r)
{
	if (r->ends == 0)
		fputs("^C", rl_outstream);
	buf_clear(&r->ahead);
	rl_callback_sigcleanup();
	rl_callback_handler_remove();
	fputs("\n", rl_outstream);
	fflush(rl_outstream);
}

static int
next_key(FILE *in)
{
	struct reader *r = the_reader;
	int key;

	if (r->ahead.len == 0)
		return rl_getc(in);
	key = (unsigned char)r->ahead.s[0];
	buf_eat(&r->ahead, 1);
	return key;
}

static enum edit_end
wait_for_line(struct reader *r, int signals)
{
	while (!r->done) {
		struct pollfd p[] = {{.fd = STDIN_FILENO, .events = POLLIN},
		    {.fd = signals, .events = POLLIN},
		    {.fd = r->hooks.watch(r->hooks.arg), .events = POLLIN}};

		if (r->ahead.len > 0) {
			rl_callback_read_char();
			continue;
		}
		if (poll(p, ARRAY_LEN(p), -1) < 0 && errno != EINTR)
			return EDIT_END;
		if ((p[1].revents & POLLIN) && take_signal(r, signals)) {
			give_up(r);
			return EDIT_INTERRUPTED;
		}
		if (p[2].revents & POLLIN)
			print_aside(r);
		if (p[0].revents != 0)
			rl_callback_read_char();
	}
	return r->line == NULL ? EDIT_END : EDIT_LINE;
}

static enum edit_end
reader_read(struct edit *e, const char *prompt, char **ret)
{
	struct reader *r = (struct reader *)e;
	sigset_t set, before;
	enum edit_end end;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, &before);
	cleanup_fd int signals = signalfd(-1, &set, SFD_CLOEXEC);
	r->line = NULL;
	r->done = false;
	rl_callback_handler_install(prompt, line_done);
	end = wait_for_line(r, signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (r->ends != 0)
		raise(r->ends); /* now that the terminal is itself again */
	*ret = take_ptr(r->line);
	return end;
}

static void
reader_remember(struct edit *e, const char *command)
{
	struct reader *r = (struct reader *)e;
	HIST_ENTRY *last =
	    history_length > 0 ? history_get(history_base + history_length - 1) : NULL;

	if (last != NULL && str_eq(last->line, command))
		return;
	add_history(command);
	if (r->history != NULL && append_history(1, r->history) == ENOENT)
		write_history(r->history);
}

static void
reader_type_ahead(struct edit *e, const char *keys)
{
	buf_adds(&((struct reader *)e)->ahead, keys);
}

static void
reader_free(struct edit *e)
{
	struct reader *r = (struct reader *)e;

	if (r->history != NULL)
		history_truncate_file(r->history, HISTORY_MAX);
	clear_history();
	vec_done(&r->matches);
	buf_done(&r->ahead);
	free(r->history);
	free(r);
	the_reader = NULL;
}

struct edit *
edit_readline(const struct edit_hooks *hooks, const char *history)
{
	struct reader *r = xcalloc(1, sizeof *r);

	r->edit = (struct edit){.read = reader_read,
	    .remember = reader_remember,
	    .type_ahead = reader_type_ahead,
	    .free = reader_free};
	r->hooks = *hooks;
	r->history = history != NULL ? xstrdup(history) : NULL;
	r->matches = (struct vec)VEC_INIT;
	r->ahead = (struct buf)BUF_INIT(64 << 10);
	the_reader = r;
	rl_readline_name = "drydock";
	rl_getc_function = next_key;
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_attempted_completion_function = complete;
	rl_completer_quote_characters = "\"'";
	rl_char_is_quoted_p = is_escaped;
	rl_basic_word_break_characters = " \t\n\"'><;|&(";
	rl_completer_word_break_characters = rl_basic_word_break_characters;
	using_history();
	stifle_history(HISTORY_MAX);
	/* One command is one entry, also when it has several lines. */
	history_comment_char = '#';
	history_write_timestamps = 1;
	if (r->history != NULL)
		read_history(r->history);
	return &r->edit;
}
