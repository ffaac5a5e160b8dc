export async function run(_file?: string, _options?: object): Promise<void> {}
