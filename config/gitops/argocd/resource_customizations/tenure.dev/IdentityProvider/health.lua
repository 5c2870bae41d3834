-- Ready, Reconciling and Stalled as kstatus reads them; see docs/operator/conditions.md.
local health = { status = "Progressing", message = "Tenure has not looked at it yet" }
if obj.spec ~= nil and obj.spec.paused == true then
  return { status = "Suspended", message = "spec.paused: nothing is written to this provider" }
end
if obj.status == nil or obj.status.conditions == nil then
  return health
end
if obj.status.observedGeneration ~= obj.metadata.generation then
  health.message = "Tenure has not seen generation " .. tostring(obj.metadata.generation) .. " yet"
  return health
end

local conditions = {}
for _, condition in ipairs(obj.status.conditions) do
  conditions[condition.type] = condition
end

local function is(type, status)
  return conditions[type] ~= nil and conditions[type].status == status
end

local function tell(type)
  return (conditions[type].reason or "") .. ": " .. (conditions[type].message or "")
end

if is("Stalled", "True") then
  return { status = "Degraded", message = tell("Stalled") }
end
-- A set that is over budget waits for a person's decision, maybe for days.
if is("GuardEngaged", "True") and not is("Ready", "True") then
  return { status = "Suspended", message = tell("GuardEngaged") }
end
if is("Reconciling", "True") then
  return { status = "Progressing", message = tell("Reconciling") }
end
if is("Ready", "True") then
  return { status = "Healthy", message = conditions["Ready"].message or "" }
end
if is("Ready", "False") then
  return { status = "Degraded", message = tell("Ready") }
end
return health
