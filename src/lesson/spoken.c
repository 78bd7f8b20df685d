/*
 * spoken.c - commands that stand in the text only: "Run `docker ps`."
 *
 * Most inline code is talk.  A docker command that has all it needs is one to type when
 * it stands on a line of its own, leads a list item, or follows a word that asks for it
 * in a sentence that supposes nothing.  What a block of the section has too is left to
 * the block.
 */
#include "src/lesson/run.h"
#include "src/lesson/sections.h"
#include "src/lesson/words.h"
#include "src/render/render.h"
#include <cmark.h>
#include <ctype.h>

/* More of them in one section are a book's index. */
enum { SPOKEN_MAX = 500 };

/* Words that ask for a command, in the languages that tutorials are written in. */
static const char *const asking[] = {"run", "running", "type", "typing", "execute",
    "executing", "enter", "issue", "try", "trying", "use", "using", "with", "do", "via",
    "command", "example", "invoke", "ejecuta", "ejecutar", "ejecute", "ejecutando",
    "escribe", "utiliza", "usa", "usando", "utilizando", "con", "comando", "ejemplo",
    "mit", "befehl", "eingeben", "ausführen", "avec", "exécutez", "exécuter", "lancez",
    "tapez", "utilisez", "commande", "rode", "digite", "com", "esegui", "digita",
    "lancia", "выполните", "выполнить", "запустите", "введите", "используйте", "команду",
    "командой", "команда", NULL};
/* Where words are not set apart by blanks, these stand right before the command. */
static const char *const asking_glued[] = {"使用", "执行", "執行", "运行", "運行", "输入",
    "輸入", "通过", "透過", "用", "命令", "指令", NULL};
/* And these right behind it. */
static const char *const asked[] = {"を実行", "で", "コマンドを実行", "を入力", "를 실행",
    "을 실행", "를 입력", "을 입력", "명령", "로 확인", NULL};
/* A sentence with one of these tells, supposes or forbids. */
static const char *const supposing[] = {"when", "whenever", "while", "if", "unless",
    "equivalent", "instead", "same", "like", "such", "could", "would", "cannot", "can't",
    "don't", "not", "never", "why", "what", "how", "cuando", "si", "wenn", "quand",
    "если", "когда", NULL};

static const char *const told[] = {"for", "after", "before", "of", "from", "since", NULL};

static bool
is_in(const char *word, size_t len, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strlen(*list) == len && strncasecmp(*list, word, len) == 0)
			return true;
	return false;
}

/* What comes last in s, after the last mark that ends a clause. */
static const char *
last_clause(const char *s)
{
	static const char *const marks[] = {
	    ". ", "! ", "? ", "; ", ": ", ", ", "(", "。", "，", "：", "—", " - ", NULL};
	const char *clause = s;

	for (const char *const *m = marks; *m != NULL; m++)
		for (const char *at = s; (at = strstr(at, *m)) != NULL; at += strlen(*m))
			if (at + strlen(*m) > clause)
				clause = at + strlen(*m);
	return clause;
}

/* Does the text before the command ask for it? */
static bool
asks(const char *before)
{
	const char *clause = last_clause(before);
	struct vec words cleanup_vec = VEC_INIT;
	bool found = false;

	for (const char *const *g = asking_glued; *g != NULL; g++)
		if (str_ends(before, *g))
			return true;
	vec_split(&words, clause, " \t\n\"*:");
	for (size_t i = 0; i < words.len; i++) {
		if (is_in(words.v[i], strlen(words.v[i]), supposing))
			return false;
		/* "after running" tells of what is done. */
		if (i > 0 && str_ends(words.v[i], "ing") &&
		    is_in(words.v[i - 1], strlen(words.v[i - 1]), told))
			return false;
		found |=
		    i + 3 >= words.len && is_in(words.v[i], strlen(words.v[i]), asking);
	}
	return found;
}

static bool
ends_line(cmark_node *n)
{
	cmark_node_type type = n != NULL ? cmark_node_get_type(n) : CMARK_NODE_NONE;

	return n == NULL || type == CMARK_NODE_LINEBREAK ||
	       type == CMARK_NODE_SOFTBREAK ||
	       (type == CMARK_NODE_HTML_INLINE &&
		   str_starts(cmark_node_get_literal(n), "<br"));
}

/* Is it alone on its line, as written?  A wrapped sentence is no line. */
static bool
stands_alone(cmark_node *code, const char *before)
{
	cmark_node *prev = cmark_node_previous(code), *next = cmark_node_next(code);
	size_t n = strlen(before);

	while (n > 0 && before[n - 1] == ' ')
		n--;
	if (!ends_line(next))
		return false;
	if (n > 0 && before[n - 1] == ':')
		return true;
	if (prev != NULL && ends_line(cmark_node_previous(prev)) &&
	    cmark_node_previous(prev) != NULL)
		return ends_line(prev);
	return ends_line(prev) &&
	       (prev == NULL || cmark_node_get_type(prev) != CMARK_NODE_SOFTBREAK ||
		   n == 0 || strchr(".!?)`", before[n - 1]) != NULL || before[n - 1] < 0);
}

/* "- `docker ps`: what runs" */
static bool
leads_item(cmark_node *code)
{
	cmark_node *paragraph = cmark_node_parent(code),
		   *item = cmark_node_parent(paragraph), *next = cmark_node_next(code);
	const char *after = next != NULL && cmark_node_get_type(next) == CMARK_NODE_TEXT
				? cmark_node_get_literal(next)
				: "";

	return cmark_node_previous(code) == NULL &&
	       cmark_node_previous(paragraph) == NULL &&
	       cmark_node_get_type(item) == CMARK_NODE_ITEM &&
	       (next == NULL || *after == ':' || str_starts(after, " - ") ||
		   str_starts(after, " – ") || str_starts(after, " — ") ||
		   str_starts(after, "："));
}

static bool
is_asked_behind(cmark_node *code)
{
	cmark_node *next = cmark_node_next(code);
	const char *after = next != NULL && cmark_node_get_type(next) == CMARK_NODE_TEXT
				? cmark_node_get_literal(next)
				: "";

	after += strspn(after, " ");
	for (const char *const *a = asked; *a != NULL; a++)
		if (str_starts(after, *a))
			return true;
	return false;
}

/* "Build it: `docker build .` You should see": what the colon led to is told whole. */
static bool
is_led_to(cmark_node *code, const char *before)
{
	cmark_node *next = cmark_node_next(code);
	const char *after = next != NULL && cmark_node_get_type(next) == CMARK_NODE_TEXT
				? cmark_node_get_literal(next)
				: "";
	size_t n = strlen(before);

	while (n > 0 && strchr(" \n", before[n - 1]) != NULL)
		n--;
	return n > 0 && before[n - 1] == ':' &&
	       ((*after == '.' && (after[1] == '\0' || after[1] == ' ')) ||
		   (*after == ' ' && isupper((unsigned char)after[1])));
}

/* "... if necessary" */
static bool
is_supposed_behind(cmark_node *code)
{
	cmark_node *next = cmark_node_next(code);
	char *after cleanup_free = NULL, *joined;

	if (next == NULL || cmark_node_get_type(next) != CMARK_NODE_TEXT)
		return false;
	after = xstrdup(cmark_node_get_literal(next));
	after[strcspn(after, ".,;")] = '\0';
	/* "that it runs, and stop it if needed": there it is the other thing. */
	joined = strstr(after, " and ");
	if (joined != NULL)
		*joined = '\0';
	return strstr(after, " if ") != NULL;
}

void
spoken_add(struct loader *ld, const char *command, int line)
{
	struct section *sec = section_at(ld, line);
	struct surroundings around = {.where = ld->around.where};
	char *text cleanup_free = xasprintf("%s\n", command);
	struct lesson_action a = action_make(NULL, text, line, &around);

	a.spoken = true;
	if (a.kind != LESSON_RUN) {
		action_done(&a);
		return;
	}
	/* run_read counts from the fence, and here is none. */
	a.commands[0].line = line;
	section_action(sec, a);
}

static bool
is_aside(cmark_node *node)
{
	for (int d = 0; node != NULL && d < 64; node = cmark_node_parent(node), d++)
		if (cmark_node_get_type(node) == CMARK_NODE_BLOCK_QUOTE)
			return true;
	return false;
}

/* Does the text around the inline code want it done? */
static bool
is_called_for(cmark_node *code, const char *before)
{
	return stands_alone(code, before) || leads_item(code) || is_asked_behind(code) ||
	       is_led_to(code, before) || (asks(before) && !is_supposed_behind(code));
}

void
spoken_find(struct loader *ld, cmark_node *paragraph, const char *plain)
{
	struct buf before cleanup_buf = BUF_INIT(BUF_OURS);
	int line = cmark_node_get_start_line(paragraph);

	if (strstr(plain, "docker ") == NULL || *plain == '|' || is_aside(paragraph) ||
	    line <= 0 || (size_t)line > ld->s.nlines || ld->s.lines[line - 1].foreign)
		return;
	if (plain_find(ld, paragraph))
		return;
	buf_adds(&before, "");
	for (cmark_node *n = cmark_node_first_child(paragraph); n != NULL;
	     n = cmark_node_next(n)) {
		char *text cleanup_free = render_plain(n);
		const char *trimmed = str_trim(text), *typed = str_after(trimmed, "$ ");

		/* A prompt says that it is typed. */
		if (cmark_node_get_type(n) == CMARK_NODE_CODE &&
		    ((typed != NULL && run_is_whole(typed)) ||
			(run_is_whole(trimmed) && is_called_for(n, before.s))))
			spoken_add(ld, typed != NULL ? typed : trimmed, line);
		buf_adds(&before, cmark_node_get_type(n) == CMARK_NODE_CODE ? "`" : text);
		line += cmark_node_get_type(n) == CMARK_NODE_SOFTBREAK ||
			cmark_node_get_type(n) == CMARK_NODE_LINEBREAK;
	}
}

/* Does the command begin with that one?  To follow a log or not is the same command. */
static bool
begins_with(const char *command, const char *other)
{
	struct vec a cleanup_vec = VEC_INIT, b cleanup_vec = VEC_INIT;
	size_t k = 0;

	vec_split(&a, command, " \t\n\\");
	vec_split(&b, other, " \t\n\\");
	for (size_t i = 0; i < a.len && k < b.len; i++) {
		if (str_eq(a.v[i], b.v[k]))
			k++;
		else if (!str_eq(a.v[i], "-f"))
			return false;
	}
	return k == b.len;
}

/* Is it in a block of the section, or was it said before? */
static bool
is_said(const struct lesson_step *step, size_t self)
{
	const char *text = step->actions[self].commands[0].text;
	size_t to =
	    self + ACTIONS_NEAR < step->nactions ? self + ACTIONS_NEAR : step->nactions;

	for (size_t i = self < ACTIONS_NEAR ? 0 : self - ACTIONS_NEAR; i < to; i++) {
		const struct lesson_action *a = &step->actions[i];

		if (i == self || (a->spoken && i > self))
			continue;
		for (size_t k = 0; k < a->ncommands; k++)
			if (a->spoken ? str_eq(a->commands[k].text, text)
				      : begins_with(a->commands[k].text, text))
				return true;
	}
	return false;
}

void
spoken_settle(const struct loader *ld, struct section *sec)
{
	struct lesson_step *step = &sec->step;

	size_t kept = 0, spoken = 0;
	bool *drop = xcalloc(step->nactions + 1, sizeof *drop);

	for (size_t i = 0; i < step->nactions; i++)
		if (step->actions[i].spoken)
			drop[i] = ld->s.ncomments > 0 || ++spoken > SPOKEN_MAX ||
				  is_said(step, i);
	for (size_t i = 0; i < step->nactions; i++) {
		struct lesson_action a = step->actions[i];

		sec->is_step |= a.spoken && !drop[i];
		if (drop[i])
			action_done(&a);
		else
			step->actions[kept++] = a;
	}
	step->nactions = kept;
	free(drop);
}
