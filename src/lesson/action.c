/*
 * action.c - what a block is: something to run, a file, something to look at
 *
 * Judged by content first, then by label: real tutorials mislabel.  In doubt a
 * block is only shown.
 */
#include "src/lesson/part.h"
#include <ctype.h>

bool
says_any(const char *s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcasestr(s, *words) != NULL)
			return true;
	return false;
}

static const char *const terminal_words[] = {"terminal", "command prompt", "command line",
    "shell", "console", "powershell", "konsole", "eingabeaufforderung", "consola",
    "línea de comandos", "ligne de commande", "terminale", "терминал", "командной строк",
    "终端", "命令行", "ターミナル", "터미널", NULL};
static const char *const editor_words[] = {"editor", "vs code", "éditeur", "redactor",
    "редактор", "编辑器", "エディタ", "편집기", "ide ", NULL};
static const char *const browser_words[] = {"browser", "navegador", "navigateur",
    "браузер", "浏览器", "ブラウザ", "브라우저", NULL};

/* Where the first of the words stands in s, SIZE_MAX when nowhere. */
static size_t
first_of(const char *s, const char *const *words)
{
	size_t best = SIZE_MAX;

	for (; *words != NULL; words++) {
		const char *at = strcasestr(s, *words);

		if (at != NULL && (size_t)(at - s) < best)
			best = (size_t)(at - s);
	}
	return best;
}

bool
where_line(const char *plain, enum lesson_where *ret)
{
	static const char *const labels[] = {"where to run", "where to access",
	    "where to do", "where to type", "where to execute", "run in", "run this in",
	    "where", "wo ausführen", "wo", "dónde ejecutar", "dónde", "où exécuter", "où",
	    "onde executar", "onde", "dove eseguire", "dove", "где выполнять",
	    "где запускать", "где", "在哪里运行", "运行位置", "在哪里访问", "実行場所",
	    "실행 위치", NULL};
	size_t colon = strcspn(plain, ":\n"), at, best = SIZE_MAX;
	const char *rest = plain + colon;
	bool label = false;

	if (*rest != ':') {
		rest = strstr(plain, "\xef\xbc\x9a"); /* the wide colon */
		if (rest == NULL || rest > plain + 60)
			return false;
		colon = (size_t)(rest - plain);
	}
	for (const char *const *l = labels; *l != NULL && !label; l++)
		label = strlen(*l) == colon && strncasecmp(plain, *l, colon) == 0;
	if (!label)
		return false;
	*ret = LESSON_ANYWHERE;
	if ((at = first_of(rest, terminal_words)) < best)
		best = at, *ret = LESSON_TERMINAL;
	if ((at = first_of(rest, editor_words)) < best)
		best = at, *ret = LESSON_EDITOR;
	if (first_of(rest, browser_words) < best)
		*ret = LESSON_BROWSER;
	return true;
}

bool
says_browser(const char *plain)
{
	return says_any(plain, browser_words);
}

bool
looks_like_dockerfile(const char *s)
{
	const char *base = path_base(s);

	return str_eq(base, "Dockerfile") || str_eq(base, "Containerfile") ||
	       str_starts(base, "Dockerfile.") || str_ends(base, ".Dockerfile") ||
	       str_ends(base, ".dockerfile");
}

bool
looks_like_file(const char *s)
{
	static const char *const whole[] = {".dockerignore", ".gitignore", ".env",
	    "Makefile", "Procfile", "Gemfile", "Pipfile", "LICENSE", "README", ".bashrc",
	    NULL};
	static const char *const endings[] = {".py", ".txt", ".sh", ".yml", ".yaml",
	    ".json", ".js", ".mjs", ".ts", ".tsx", ".jsx", ".html", ".htm", ".css",
	    ".conf", ".cfg", ".ini", ".toml", ".md", ".go", ".mod", ".java", ".c", ".h",
	    ".cpp", ".rs", ".rb", ".php", ".xml", ".sql", ".env", ".lock", ".properties",
	    ".gradle", ".tmpl", ".j2", ".csv", ".dockerignore", ".cs", ".csproj", ".kt",
	    ".lua", ".pl", ".r", ".R", ".service", ".crt", ".pem", NULL};
	const char *base = path_base(s);

	if (*s == '\0' || *s == '/' || *s == '~' || *s == '-' || strlen(s) > 100 ||
	    strspn(s,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/+") !=
		strlen(s) ||
	    strstr(s, "..") != NULL || str_ends(s, "/"))
		return false;
	if (looks_like_dockerfile(s))
		return true;
	for (const char *const *w = whole; *w != NULL; w++)
		if (str_eq(base, *w))
			return true;
	for (const char *const *e = endings; *e != NULL; e++)
		if (str_ends(base, *e) && strlen(base) > strlen(*e))
			return true;
	return false;
}

/* The language of an info string, in lower case: "{.bash .x}" -> "bash".  Gives. */
static char *
language_of(const char *info)
{
	static const char *const directives[] = {"{code-block}", "{code}", "{sourcecode}",
	    "{prompt}", "{code-cell}", "{eval-rst}"};
	char *lang;

	for (size_t i = 0; i < ARRAY_LEN(directives); i++)
		if (str_starts(info, directives[i]))
			info += strlen(directives[i]);
	info += strspn(info, " \t{.");
	lang = xstrndup(info, strcspn(info, " \t{},:="));
	if (looks_like_file(lang) || info[strlen(lang)] == '=')
		*lang = '\0';
	for (char *c = lang; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return lang;
}

/* The file that an info string names, or NULL.  Gives. */
static char *
file_of_info(const char *info)
{
	struct vec words cleanup_vec = VEC_INIT;

	vec_split(&words, info, " \t{},:=\"'");
	for (size_t i = 0; i < words.len; i++)
		if (looks_like_file(words.v[i]))
			return xstrdup(words.v[i]);
	return NULL;
}

static bool
is_in(const char *s, const char *const *list)
{
	for (; *list != NULL; list++)
		if (str_eq(s, *list))
			return true;
	return false;
}

/* Behind remarks, ARG and blank lines: the first line that says what it is. */
static const char *
first_instruction(const char *text)
{
	while (*text != '\0') {
		const char *t = text + strspn(text, " \t");

		if (*t != '#' && *t != '\n' && *t != '\0' && !str_starts(t, "ARG "))
			return t;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return text;
}

static bool
starts_with_from(const char *text)
{
	const char *from = str_after(first_instruction(text), "FROM ");

	/* "FROM <image>" is a template to look at. */
	return from != NULL && from[strspn(from, " ")] != '<' &&
	       from[strspn(from, " ")] != '[';
}

/* The last inline code before the block that `fits`, or NULL; borrowed. */
static const char *
named_before(const struct surroundings *around, bool (*fits)(const char *))
{
	for (size_t i = around->codes.len; i-- > 0;)
		if (fits(around->codes.v[i]))
			return around->codes.v[i];
	return NULL;
}

/* Is the name's ending that of the language? */
static bool
ending_fits(const char *file, const char *lang)
{
	static const char *const rows[][2] = {{"python", ".py"}, {"py", ".py"},
	    {"yaml", ".yml"}, {"yaml", ".yaml"}, {"yml", ".yml"}, {"json", ".json"},
	    {"javascript", ".js"}, {"js", ".js"}, {"html", ".html"}, {"css", ".css"},
	    {"go", ".go"}, {"java", ".java"}, {"toml", ".toml"}, {"ini", ".ini"},
	    {"xml", ".xml"}, {"sql", ".sql"}, {"rust", ".rs"}, {"ruby", ".rb"},
	    {"php", ".php"}, {"c", ".c"}, {"nginx", ".conf"}, {"typescript", ".ts"},
	    {"text", ".txt"}, {"dockerignore", ".dockerignore"}, {"txt", ".txt"}};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_eq(rows[i][0], lang) && str_ends(file, rows[i][1]))
			return true;
	return false;
}

static const char *const making_words[] = {"create", "creat", "write", "save", "named",
    "called", "add", "edit", "update", "content", "contain", "put", "file", "erstell",
    "datei", "speicher", "crea", "archivo", "fichier", "créez", "crie", "arquivo", "файл",
    "созда", "创建", "文件", "作成", "ファイル", "파일", NULL};
static const char *const output_words[] = {"output", "should see", "prints", "printed",
    "result", "will see", "returns", "looks like this", "ausgabe", "salida", "sortie",
    "saída", "вывод", "输出", "出力", NULL};

/* The name that the text gives to the block, or NULL; borrowed. */
static const char *
file_before(const struct surroundings *around, const char *lang, const char *text)
{
	const char *name = named_before(around, looks_like_file);

	if (name == NULL || says_any(around->last.s, output_words) ||
	    says_any(text, (const char *const[]){"├", "└", NULL}))
		return NULL;
	if (ending_fits(name, lang))
		return name;
	/* A labelled block of another language is not that file. */
	if (*lang != '\0' &&
	    !is_in(lang,
		(const char *const[]){"text", "plaintext", "txt", "conf", "none",
		    "dockerignore", "sh", "bash", "ignore", "gitignore", "docker", NULL}))
		return NULL;
	return says_any(around->said.s, making_words) ? name : NULL;
}

/* "in the `my-app` directory": the nearest such name, or NULL.  Gives. */
static char *
folder_before(const struct surroundings *around, const char *file)
{
	static const char *const words[] = {"directory", "folder", "verzeichnis",
	    "ordner", "carpeta", "dossier", "répertoire", "pasta", "папк", "каталог",
	    "目录", "文件夹", "ディレクトリ", NULL};

	for (size_t i = around->codes.len; i-- > 0;) {
		const char *code = around->codes.v[i];
		char *at, *after cleanup_free = NULL;
		size_t n = strlen(code);

		if (str_eq(code, file) || looks_like_file(code) || n == 0 || n > 80 ||
		    strspn(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ012"
				 "3456789._-/") != n ||
		    *code == '/' || strstr(code, "..") != NULL)
			continue;
		at = strstr(around->said.s, code);
		if (at == NULL)
			continue;
		after = xstrndup(at + n, 24);
		if (says_any(after, words)) {
			char *folder = xstrdup(code);

			if (folder[n - 1] == '/')
				folder[n - 1] = '\0';
			return folder;
		}
	}
	return NULL;
}

/* "templates/index.html" said earlier is what "index.html" means; borrowed. */
static const char *
fuller_name(const struct surroundings *around, const char *file)
{
	for (size_t i = around->codes.len; i-- > 0;) {
		const char *code = around->codes.v[i];
		size_t n = strlen(code), len = strlen(file);

		if (n > len + 1 && code[n - len - 1] == '/' && str_ends(code, file) &&
		    looks_like_file(code))
			return code;
	}
	return file;
}

static void
make_file(struct lesson_action *a, const char *file, const struct surroundings *around)
{
	a->kind = LESSON_FILE;
	a->file = path_clean(fuller_name(around, file));
	a->folder = folder_before(around, file);
}

/* Instructions for the Dockerfile: the first line begins with one. */
static bool
is_fragment(const char *text)
{
	static const char *const names[] = {"FROM", "RUN", "CMD", "LABEL", "EXPOSE",
	    "ENV", "ADD", "COPY", "ENTRYPOINT", "VOLUME", "USER", "WORKDIR", "ARG",
	    "ONBUILD", "STOPSIGNAL", "HEALTHCHECK", "SHELL", NULL};
	const char *t = first_instruction(text);
	char *word cleanup_free = NULL;

	if (*t == '\0')
		t = text + strspn(text, " \t\n");
	word = xstrndup(t, strcspn(t, " \t\n"));
	return is_in(word, names) && strchr(t, ' ') != NULL && strchr(t, '<') == NULL &&
	       strstr(t, "...") == NULL;
}

static void
classify(struct lesson_action *a, const char *info, const struct surroundings *around)
{
	static const char *const shells[] = {"bash", "sh", "shell", "console", "terminal",
	    "zsh", "shell-session", "shellsession", "sh-session", "bash-session", "ksh",
	    "ash", NULL};
	static const char *const maybe[] = {"", "docker", "cmd", "plaintext", "text",
	    "plain", "txt", "none", "powershell", "ps1", "pwsh", "bat", "batch", "dos",
	    "dockerfile", "code", "command", "commands", "linux", "unix", NULL};
	bool shell = is_in(a->info, shells) ||
		     (str_starts(a->info, "term") && isdigit((unsigned char)a->info[4]));
	char *in_info cleanup_free = info != NULL ? file_of_info(info) : NULL;
	const char *named;

	if (starts_with_from(a->text)) {
		named = in_info != NULL ? in_info
					: named_before(around, looks_like_dockerfile);
		make_file(a, named != NULL ? named : "Dockerfile", around);
	} else if (in_info != NULL) {
		make_file(a, in_info, around);
	} else if ((str_starts(a->info, "docker") || str_eq(a->info, "containerfile") ||
		       *a->info == '\0') &&
		   is_fragment(a->text)) {
		a->fragment = true;
	} else if ((shell || is_in(a->info, maybe)) && !str_starts(a->text, "#!") &&
		   run_read(a, shell)) {
		a->kind = LESSON_RUN;
	} else if ((!shell || str_starts(a->text, "#!")) &&
		   (named = file_before(around, a->info, a->text)) != NULL) {
		make_file(a, named, around);
	}
}

/* A fence that was indented too far: CommonMark gives it as the text. */
static char *
unfence(const char *text, char **ret_info)
{
	size_t ticks = strspn(text, "`"), len = strlen(text), nl = strcspn(text, "\n");
	const char *last;

	if (ticks < 3 || text[nl] == '\0' ||
	    memchr(text + ticks, '`', nl - ticks) != NULL)
		return NULL;
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		len--;
	last = text + len;
	while (last > text + nl && last[-1] == '`')
		last--;
	if ((size_t)(text + len - last) < ticks)
		return NULL;
	*ret_info = xstrndup(text + ticks, nl - ticks);
	return xstrndup(
	    text + nl + 1, last > text + nl ? (size_t)(last - text - nl - 1) : 0);
}

static void
forget_commands(struct lesson_action *a)
{
	for (; a->ncommands > 0; a->ncommands--) {
		free(a->commands[a->ncommands - 1].text);
		free(a->commands[a->ncommands - 1].output);
		free(a->commands[a->ncommands - 1].inside);
	}
}

struct lesson_action
action_make(
    const char *info, const char *text, int line, const struct surroundings *around)
{
	char *own_info cleanup_free = NULL, *own cleanup_free = unfence(text, &own_info);
	struct lesson_action a = {
	    .kind = LESSON_SHOW, .where = around->where, .line = line};

	if (own != NULL) {
		info = own_info;
		text = own;
	}
	a.info = info != NULL ? language_of(info) : xstrdup("");
	a.text = xstrdup(text);
	/* Empty info of fenced blocks and indented ones is one and the same. */
	if (!around->other)
		classify(&a, info != NULL && *info != '\0' ? info : NULL, around);
	if (a.kind != LESSON_RUN)
		forget_commands(&a);
	return a;
}

void
action_only_show(struct lesson_action *a)
{
	forget_commands(a);
	free(take_ptr(a->file));
	free(take_ptr(a->folder));
	a->kind = LESSON_SHOW;
	a->fragment = false;
}

void
action_done(struct lesson_action *a)
{
	forget_commands(a);
	free(a->commands);
	free(a->info);
	free(a->text);
	free(a->file);
	free(a->folder);
}
