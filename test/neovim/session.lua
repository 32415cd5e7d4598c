-- What somebody does with Neovim's own language client, step by step; what came of each step is
-- written as JSON to the file that LIVEMIGRATE_RESULT names. Every wait is bounded.
local limit = 8000
local folder = assert(os.getenv('LIVEMIGRATE_FOLDER'))
local server = vim.json.decode(assert(os.getenv('LIVEMIGRATE_SERVER')))
local seen = {}

local function finish(failure)
  seen.failure = failure
  local file = assert(io.open(os.getenv('LIVEMIGRATE_RESULT'), 'w'))
  file:write(vim.json.encode(seen))
  file:close()
  vim.lsp.stop_client(vim.lsp.get_active_clients())
  vim.cmd(failure and 'cquit 1' or 'qall!')
end

local function text(buffer)
  return table.concat(vim.api.nvim_buf_get_lines(buffer or 0, 0, -1, false), '\n') .. '\n'
end

local function codes(buffer)
  local found = {}
  for _, each in ipairs(vim.diagnostic.get(buffer or 0)) do
    table.insert(found, each.user_data and each.user_data.lsp.code or each.code)
  end
  return found
end

local function has(list, wanted)
  return vim.tbl_contains(list, wanted)
end

local function await(what, holds)
  if not vim.wait(limit, holds, 10) then
    error(what .. ' did not come; diagnostics: ' .. vim.inspect(codes()))
  end
end

-- Puts the cursor on the first character of a text of the buffer.
local function go(needle)
  for row, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local column = line:find(needle, 1, true)
    if column then
      vim.api.nvim_win_set_cursor(0, { row, column - 1 })
      return
    end
  end
  error(needle .. ' is not in the buffer')
end

local function ask(method, params)
  local answers = assert(vim.lsp.buf_request_sync(0, method, params, limit), method)
  for _, answer in pairs(answers) do
    if answer.error then error(method .. ': ' .. answer.error.message) end
    return answer.result
  end
end

local function session()
  vim.cmd('edit ' .. folder .. '/move.migration.yaml')
  local client = vim.lsp.start_client({
    name = 'livemigrate',
    cmd = server,
    root_dir = folder,
    workspace_folders = { { uri = vim.uri_from_fname(folder), name = 'test' } },
    get_language_id = function() return 'live-migration' end,
  })
  vim.lsp.buf_attach_client(0, client)

  await('the mistake', function() return has(codes(), 'wrong-value') end)
  seen.opened = codes()
  local closed = vim.uri_to_bufnr(vim.uri_from_fname(folder .. '/closed.migration.yaml'))
  await('the mistake of a closed file', function() return has(codes(closed), 'unit-missing') end)
  seen.closed = codes(closed)

  go('bandwidth')
  seen.hover = ask('textDocument/hover', vim.lsp.util.make_position_params()).contents.value

  -- The quick fix of the misspelt mode, as Neovim applies it.
  go('mixd')
  local range = vim.lsp.util.make_range_params()
  range.context = { diagnostics = vim.lsp.diagnostic.get_line_diagnostics() }
  for _, action in ipairs(ask('textDocument/codeAction', range)) do
    if action.isPreferred then
      seen.action = action.title
      vim.lsp.util.apply_workspace_edit(action.edit, 'utf-16')
    end
  end
  await('the text without the mistake', function() return not has(codes(), 'wrong-value') end)
  seen.fixed = text()

  vim.api.nvim_buf_set_lines(0, -1, -1, false, { 'preflight:', '  ' })
  vim.api.nvim_win_set_cursor(0, { vim.api.nvim_buf_line_count(0), 1 })
  local params = vim.lsp.util.make_position_params()
  params.position.character = 2
  seen.completion = {}
  for _, item in ipairs(ask('textDocument/completion', params)) do
    table.insert(seen.completion, item.label)
  end
  vim.api.nvim_buf_set_lines(0, -3, -1, false, {})

  vim.api.nvim_buf_set_lines(0, 0, 0, false, { '# moved at night', '' })
  go('mode')
  vim.api.nvim_set_current_line('  mode:     mixed  ')
  vim.lsp.buf.formatting_sync(nil, limit)
  seen.formatted = text()

  go('kvm02')
  vim.lsp.buf.rename('node-b')
  await('the new name', function() return text():find('destination: node-b', 1, true) end)
  seen.renamed = text()
  seen.inventory = text(vim.uri_to_bufnr(vim.uri_from_fname(folder .. '/hosts.migration.yaml')))

  go('target: sdb')
  vim.cmd('normal! w')
  vim.cmd('normal! w')
  vim.lsp.buf.definition()
  await('the definition', function()
    return vim.api.nvim_buf_get_name(0):find('openEulerVM.domain.xml', 1, true)
  end)
  seen.definition = vim.api.nvim_get_current_line()
end

local ok, failure = pcall(session)
finish(not ok and failure or nil)
