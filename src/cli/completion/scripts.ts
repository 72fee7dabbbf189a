/**
 * What a shell runs to complete the words of a command line: it asks `flux-mirror completion --words`, which prints a candidate and
 * its description a line. Nothing that is printed is ever evaluated: models and prompts come from others. Bash puts a candidate on the
 * command line as it is, where Enter would evaluate it, so it is quoted; zsh and fish quote by themselves.
 */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Bash breaks words at colons, and replaces only what is behind the last one. */
const BASH = `# bash completion for flux-mirror
_flux_mirror() {
  local line word prefix words quoted
  COMPREPLY=()
  read -ra words <<< "\${COMP_LINE:0:COMP_POINT}"
  [[ "\${COMP_LINE:COMP_POINT-1:1}" == ' ' ]] && words+=('')
  word="\${words[\${#words[@]}-1]}"
  prefix="\${word%"\${word##*[:=]}"}"
  while IFS= read -r line; do
    line="\${line%%$'\\t'*}"
    printf -v quoted %q "\${line#"$prefix"}"
    COMPREPLY+=("$quoted")
  done < <("\${words[0]}" completion --words -- "\${words[@]:1}" 2>/dev/null)
  [[ \${#COMPREPLY[@]} -eq 1 && "\${COMPREPLY[0]}" == *: ]] && compopt -o nospace
  return 0
}
complete -o bashdefault -o default -F _flux_mirror flux-mirror
`;

const ZSH = `#compdef flux-mirror
# zsh completion for flux-mirror
_flux_mirror() {
  local line
  local -a values descriptions
  while IFS= read -r line; do
    values+=("\${line%%$'\\t'*}")
    descriptions+=("\${line%%$'\\t'*}  \${line#*$'\\t'}")
  done < <("\${words[1]}" completion --words -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#values} == 0 )); then
    _files
  else
    compadd -l -d descriptions -a -- values
  fi
}
if [[ "\${funcstack[1]}" == _flux_mirror ]]; then
  _flux_mirror
else
  compdef _flux_mirror flux-mirror
fi
`;

const FISH = `# fish completion for flux-mirror
function __flux_mirror_complete
  set -l words (commandline -opc)
  set -l found ($words[1] completion --words -- $words[2..-1] (commandline -ct) 2>/dev/null)
  if test (count $found) -eq 0
    __fish_complete_path (commandline -ct)
  else
    string join \\n -- $found
  end
end
complete -c flux-mirror -f -a '(__flux_mirror_complete)'
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
