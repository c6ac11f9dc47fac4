/** Korean: plans without figures. */
export default {
  "state.no-plan": "아직 계획이 없습니다",
  "state.no-plan-text": "시작 화면에서 도와 시나리오를 선택하여 계획을 만드십시오.",
  "unavailable.unfinished": "계획이 완료되면 이 화면이 열립니다.",
  "unavailable.progress": "진행 상황 보기",
  "unavailable.cancelled":
    "이 계획은 수치가 나오기 전에 취소되었습니다. 시작 화면에서 다시 계획하십시오.",
  "unavailable.time":
    "계획을 찾기 전에 시간 제한이 끝났습니다. 시작 화면의 “풀이 옵션”에서 제한을 늘려 다시 계획하십시오.",
  "unavailable.iterations":
    "계획을 찾기 전에 반복 횟수 제한이 끝났습니다. 시작 화면의 “풀이 옵션”에서 다른 솔버로 다시 계획하십시오.",
  "unavailable.memory":
    "서비스의 메모리가 이 계획에 부족합니다. 운영자에게 늘려 달라고 하거나 더 적은 기간을 계획하십시오.",
  "unavailable.failed":
    "솔버가 계획도, 계획이 없다는 증명도 찾지 못했습니다. 시작 화면의 “풀이 옵션”에서 다른 솔버로 다시 계획하십시오.",
};
