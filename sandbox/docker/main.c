/*
 * main.c - from words to the command's row
 *
 * Global options, the longest known path, options, number of arguments; then
 * the command's own function, or exec of the program that has it.
 */
#include "sandbox/docker/command.h"
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Options before the command.  They choose a daemon; here is none to choose. */
static const struct opt_row global_options[] = {
    OPT("config", 0, OPT_STRING, "Location of client config files"),
    OPT("context", 'c', OPT_STRING,
	"Name of the context to use to connect to the daemon (overrides DOCKER_HOST env "
	"var and default context set with \"docker context use\")"),
    OPT("debug", 'D', OPT_BOOL, "Enable debug mode"),
    OPT("host", 'H', OPT_LIST, "Daemon socket to connect to"),
    OPT("log-level", 'l', OPT_STRING,
	"Set the logging level (\"debug\", \"info\", \"warn\", \"error\", \"fatal\")",
	.initial = "info"),
    OPT("tls", 0, OPT_BOOL, "Use TLS; implied by --tlsverify"),
    OPT("tlscacert", 0, OPT_STRING, "Trust certs signed only by this CA"),
    OPT("tlscert", 0, OPT_STRING, "Path to TLS certificate file"),
    OPT("tlskey", 0, OPT_STRING, "Path to TLS key file"),
    OPT("tlsverify", 0, OPT_BOOL, "Use TLS and verify the remote"),
    OPT("version", 'v', OPT_BOOL, "Print version information and quit"),
    OPT_END,
};

static size_t
terminal_width(void)
{
	struct winsize w;

	return ioctl(0, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

/* Does the row have this path?  Returns the row's own copy of it, in *ret. */
static bool
has_path(const struct docker_command *row, const char *path)
{
	size_t len = strlen(path);

	for (const char *p = row->paths; *p != '\0'; p += *p == '|') {
		size_t n = strcspn(p, "|");

		if (n == len && memcmp(p, path, n) == 0)
			return true;
		p += n;
	}
	return false;
}

static const struct docker_command *
find_path(const struct docker_command *commands, const char *path)
{
	for (; commands->paths != NULL; commands++)
		if (has_path(commands, path))
			return commands;
	return NULL;
}

static int
unknown(const struct docker_command *commands, char *const *words)
{
	cleanup_buf struct buf help = BUF_INIT(BUF_OURS);
	const char *without = docker_without(words[0]);

	if (without != NULL) {
		fprintf(stderr, "docker: %s\n", without);
		return 1;
	}
	if (!docker_help_group(&help, commands, words[0], terminal_width())) {
		fprintf(stderr,
		    "docker: unknown command: docker %s\n\n"
		    "Run 'docker --help' for more information\n",
		    words[0]);
		return 1;
	}
	if (words[1] == NULL || str_eq(words[1], "--help")) {
		fputs(help.s, words[1] == NULL ? stderr : stdout);
		return 0;
	}
	fprintf(stderr,
	    "docker: unknown command: docker %s %s\n\n"
	    "Usage:  docker %s\n\nRun 'docker %s --help' for more information\n",
	    words[0], words[1], words[0], words[0]);
	return 1;
}

static int
run_command(struct docker *d, char **argv)
{
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);
	struct err err = ERR_INIT;
	int code;

	if (opts_parse(&d->opts, d->command->options, d->command->flags & DOCKER_STOPS,
		argv, &err) < 0)
		return docker_wrong_flag(d, &err);
	if (d->opts.help) {
		docker_help_command(&b, d, terminal_width());
		return docker_print(&b);
	}
	code = docker_check_count(d);
	if (code != 0)
		return code;
	code = docker_lacks(d);
	if (code != 0)
		return code;
	if (client_init(&d->client, &err) < 0)
		return docker_failed(&err);
	return d->command->run(d);
}

/* Global options are taken off the front; -1: say what is in *err. */
static int
skip_global(char **argv, bool *version, struct err *err)
{
	cleanup_opts struct opts o = OPTS_INIT;
	int n = 0;

	if (opts_parse(&o, global_options, true, argv, err) < 0)
		return -1;
	while (argv[n] != NULL)
		n++;
	*version = opts_on(&o, "version");
	return n - (int)o.nargs;
}

/* The longest known path of one or two words; words counts them. */
static const struct docker_command *
find(const struct docker_command *commands, char **argv, char **path, int *words)
{
	const struct docker_command *row = NULL;

	if (argv[1] != NULL) {
		*path = xasprintf("%s %s", argv[0], argv[1]);
		*words = 2;
		row = find_path(commands, *path);
	}
	if (row == NULL) {
		free(*path);
		*path = xstrdup(argv[0]);
		*words = 1;
		row = find_path(commands, *path);
	}
	return row;
}

static int
root_help(const struct docker_command *commands)
{
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);

	docker_help_group(&b, commands, "", terminal_width());
	buf_adds(&b, "\nGlobal Options:\n");
	docker_help_options(&b, global_options, terminal_width(), false);
	buf_adds(&b, "\nRun 'docker COMMAND --help' for more information on a command.\n"
		     "\nFor more help on how to use Docker, head to "
		     "https://docs.docker.com/go/guides/\n");
	return docker_print(&b);
}

static void
docker_done(struct docker *d)
{
	opts_done(&d->opts);
	client_done(&d->client);
	session_free(d->session);
	store_free(d->store);
}

/* What was asked and how it ended, for the tutor ("was it run since the step began?"):
 * its own questions are left out.  Ours alone: `docker events` has no such type. */
static void
note_command(struct docker *d, char *const *argv, int code)
{
	struct session *s;
	json_t *words = json_array(), *a;
	char text[16];

	s = getenv("DRYDOCK_ASKED") == NULL ? docker_session(d, NULL) : NULL;
	for (; s != NULL && *argv != NULL; argv++) {
		json_t *word = json_string(*argv);

		json_array_append_new(words, word != NULL ? word : json_string(""));
	}
	if (s == NULL) {
		json_decref(words);
		return;
	}
	snprintf(text, sizeof text, "%d", code);
	a = json_pack("{s:s, s:o}", "exitCode", text, "words", words);
	session_event(s, "command", d->path, "", a);
}

int
docker_main(const struct docker_command *commands, char **argv, int first)
{
	struct docker d = {.commands = commands, .client = CLIENT_INIT};
	cleanup_free char *path = NULL;
	struct err err = ERR_INIT;
	bool version = false;
	int skip = skip_global(argv + first, &version, &err), words = 0, code;
	char **rest = argv + first + (skip > 0 ? skip : 0);

	if (skip < 0) {
		fprintf(stderr,
		    "%s\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\n"
		    "Run 'docker --help' for more information\n",
		    err.text);
		return 125;
	}
	if (version) {
		printf("Docker version " DOCKER_RELEASE ", build drydock-" VERSION "\n");
		return 0;
	}
	if (rest[0] == NULL)
		return root_help(commands);
	/* `docker help run` is `docker run --help` */
	if (str_eq(rest[0], "help") && rest[1] != NULL) {
		char *again[] = {argv[0], rest[1], rest[2] ? rest[2] : (char *)"--help",
		    rest[2] ? (char *)"--help" : NULL, NULL};
		return docker_main(commands, again, 1);
	}
	if (str_eq(rest[0], "help"))
		return root_help(commands);
	d.command = find(commands, rest, &path, &words);
	if (d.command == NULL)
		return unknown(commands, rest);
	d.path = path;
	if (d.command->run == NULL) {
		docker_exec_program(d.command->program, argv, &err);
		return docker_failed(&err);
	}
	code = run_command(&d, rest + words);
	note_command(&d, rest, code);
	docker_done(&d);
	return code;
}
