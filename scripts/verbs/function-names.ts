/**
 * Finds the names of functions in a TypeScript project with the parser of the `typescript` package. Its API starts a
 * process, so there is one call for the whole project.
 */
import { relative } from 'node:path';
import type { Node } from 'typescript/unstable/ast';
import {
  isArrowFunction,
  isClassDeclaration,
  isFunctionDeclaration,
  isFunctionExpression,
  isFunctionTypeNode,
  isIdentifier,
  isMethodDeclaration,
  isMethodSignatureDeclaration,
  isPropertyAssignment,
  isPropertySignatureDeclaration,
  isVariableDeclaration,
} from 'typescript/unstable/ast/is';
import { API } from 'typescript/unstable/sync';

export interface FunctionName {
  /** Relative to the project, with slashes. */
  readonly file: string;
  readonly name: string;
  /**
   * `function`: a function declaration, a variable that is initialised with a function, or a method of a class.
   * `member`: a function in an object literal, or a method in an interface or type.
   */
  readonly kind: 'function' | 'member';
}

/** Lists the functions of all source files in `folder`, including nested ones. */
export function listFunctionNames(projectDir: string, folder: string): FunctionName[] {
  const api = new API({ cwd: projectDir });
  try {
    const [project] = api.updateSnapshot({ openProject: 'tsconfig.json' }).getProjects();
    if (!project) throw new Error(`no tsconfig.json in ${projectDir}`);
    const found: FunctionName[] = [];
    for (const path of project.rootFiles) {
      const file = relative(projectDir, path).replaceAll('\\', '/');
      const source = file.startsWith(`${folder}/`) ? project.program.getSourceFile(path) : undefined;
      if (source) collectNames(source, (name, kind) => found.push({ file, name, kind }));
    }
    return found;
  } finally {
    api.close();
  }
}

function collectNames(node: Node, add: (name: string, kind: FunctionName['kind']) => void): void {
  const kind = getFunctionKind(node);
  if (kind && 'name' in node) {
    const name = node.name as Node | undefined;
    if (name && isIdentifier(name)) add(name.text, kind);
  }
  node.forEachChild((child) => collectNames(child, add));
}

function getFunctionKind(node: Node): FunctionName['kind'] | undefined {
  if (isFunctionDeclaration(node)) return node.body ? 'function' : undefined; // an overload has no body
  if (isVariableDeclaration(node)) return isFunctionValue(node.initializer) ? 'function' : undefined;
  if (isMethodDeclaration(node)) return isClassDeclaration(node.parent) ? 'function' : 'member';
  if (isPropertyAssignment(node)) return isFunctionValue(node.initializer) ? 'member' : undefined;
  if (isMethodSignatureDeclaration(node)) return 'member';
  if (isPropertySignatureDeclaration(node))
    return node.type && isFunctionTypeNode(node.type) ? 'member' : undefined;
  return undefined;
}

function isFunctionValue(node: Node | undefined): boolean {
  return node !== undefined && (isArrowFunction(node) || isFunctionExpression(node));
}
